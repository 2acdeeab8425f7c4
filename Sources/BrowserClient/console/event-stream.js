// Server-Sent Events over fetch, for EventSource cannot send a header; comes back by itself.

/** @typedef {import("./admin-api.js").AdminApi} AdminApi */
/** @typedef {{name: string, data: any}} ServerEvent */
/** @typedef {"connecting" | "open" | "waiting" | "refused"} StreamState */

/** The node says something every 15 s at least. */
const silenceMs = 25_000;
const openingMs = 8_000;

/**
 * Takes finished events out of a text (HTML, "Interpreting an event stream").
 *
 * @param {string} text
 * @returns {{events: ServerEvent[], rest: string}}
 */
export function takeEvents(text) {
    const blocks = text.split("\n\n");
    const rest = blocks.pop() ?? "";
    /** @type {ServerEvent[]} */
    const events = [];
    for (const block of blocks) {
        let name = "message";
        let data = "";
        for (const line of block.split("\n")) {
            if (line.startsWith("event: ")) name = line.slice(7);
            else if (line.startsWith("data: ")) data += line.slice(6);
        }
        if (!data) continue;
        try {
            events.push({ name, data: JSON.parse(data) });
        } catch {
            // What is no JSON is none of ours.
        }
    }
    return { events, rest };
}

/** A stream that goes on until it is stopped. */
export class EventStream {
    #api;
    #path;
    #hear;
    #show;
    /** @type {AbortController | null} */
    #life = null;
    #isStopped = false;

    /**
     * @param {AdminApi} api
     * @param {string} path
     * @param {(event: ServerEvent) => void} hear
     * @param {(state: StreamState, retryMs: number) => void} show
     */
    constructor(api, path, hear, show) {
        this.#api = api;
        this.#path = path;
        this.#hear = hear;
        this.#show = show;
    }

    async start() {
        for (let failures = 0; !this.#isStopped;) {
            this.#show("connecting", 0);
            try {
                await this.#read(() => { failures = 0; });
            } catch (error) {
                const status = /** @type {any} */ (error)?.status;
                if (status === 401 || status === 403) return this.#show("refused", 0);
            }
            if (this.#isStopped) return;
            const waitMs = Math.min(500 * 2 ** failures, 5_000) * (0.75 + Math.random() / 2);
            failures += 1;
            this.#show("waiting", waitMs);
            await new Promise((resolve) => setTimeout(resolve, waitMs));
        }
    }

    stop() {
        this.#isStopped = true;
        this.#life?.abort();
    }

    /** @param {() => void} opened */
    async #read(opened) {
        const life = new AbortController();
        this.#life = life;
        const opening = setTimeout(() => life.abort(), openingMs);
        const body = await this.#api.stream(this.#path, life.signal).finally(() => clearTimeout(opening));
        const reader = body.getReader();
        const decoder = new TextDecoder();
        let rest = "";
        this.#show("open", 0);
        opened();
        for (;;) {
            const silence = setTimeout(() => life.abort(), silenceMs);
            const { done, value } = await reader.read().finally(() => clearTimeout(silence));
            if (done) return;
            const taken = takeEvents(rest + decoder.decode(value, { stream: true }));
            rest = taken.rest;
            for (const event of taken.events) this.#hear(event);
        }
    }
}
