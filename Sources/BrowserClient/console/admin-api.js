// The administration of a node over HTTP. The operator's token goes into the header of each request, never into an
// address, for addresses end up in histories and logs.

/** How long an answer may take. */
const answerMs = 6_000;

/** An answer that is none, or a refusal. */
export class AdminError extends Error {
    /**
     * @param {number} status of the answer; 0 when the node did not answer
     * @param {string} code the machine word of the refusal
     * @param {string} message for people
     */
    constructor(status, code, message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    /** The token is not an operator's, or no longer. */
    get isRefusal() { return this.status === 401 || this.status === 403; }
}

/** What may be asked of the node that serves this page. */
export class AdminApi {
    #token;

    /** @param {string} token of an operator */
    constructor(token) { this.#token = token; }

    /**
     * @param {string} path
     * @returns {Promise<any>}
     */
    async get(path) { return (await this.#ask(path, {})).json(); }

    /**
     * @param {string} path
     * @param {object} [body]
     * @returns {Promise<any>}
     */
    async post(path, body = {}) {
        const headers = { "Content-Type": "application/json" };
        return (await this.#ask(path, { method: "POST", headers, body: JSON.stringify(body) })).json();
    }

    /**
     * Opens a stream of Server-Sent Events.
     *
     * @param {string} path
     * @param {AbortSignal} signal ends it
     */
    async stream(path, signal) {
        const answer = await this.#ask(path, { signal, headers: { Accept: "text/event-stream" } });
        if (!answer.body) throw new AdminError(0, "unreachable", "The node sent no stream.");
        return answer.body;
    }

    /**
     * @param {string} path
     * @param {RequestInit & {headers?: Record<string, string>}} options
     */
    async #ask(path, options) {
        const headers = { ...options.headers, Authorization: `Bearer ${this.#token}` };
        const life = new AbortController();
        const end = setTimeout(() => life.abort(), answerMs);
        const signal = options.signal ?? life.signal;
        const answer = await fetch(path, { ...options, headers, signal, cache: "no-store", credentials: "omit" })
            .catch(() => { throw new AdminError(0, "unreachable", "The node does not answer."); })
            .finally(() => clearTimeout(end));
        if (answer.ok) return answer;
        const problem = await answer.json().catch(() => ({}));
        throw new AdminError(answer.status, problem.code ?? "", problem.error ?? `The node answered ${answer.status}.`);
    }
}

/**
 * The path of a room.
 *
 * @param {string} namespace
 * @param {string} room
 */
export function roomPath(namespace, room) {
    return `/admin/rooms/${encodeURIComponent(namespace)}/${encodeURIComponent(room)}`;
}
