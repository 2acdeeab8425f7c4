// When and where to connect again: what each close code asks for, how long to wait, which address is next.

/**
 * What a client does after a close; the words of the server's own table.
 *
 * @typedef {"never" | "afterHint" | "atOnce" | "backOff" | "afterWindow" | "afterRepair"} Advice
 */

/** @type {Readonly<Record<number, Advice>>} */
const byCode = {
    1000: "never", 1001: "afterHint", 1002: "afterRepair", 1003: "afterRepair", 1007: "afterRepair",
    1009: "afterRepair", 1011: "backOff", 1012: "afterHint", 1013: "backOff",
    4400: "afterRepair", 4401: "afterRepair", 4403: "never", 4404: "never", 4408: "atOnce", 4409: "never",
    4429: "backOff",
}

/** @type {Readonly<Record<string, Advice>>} */
const byReason = { "4403 room_full": "afterRepair", "4409 in_use": "afterWindow" }

/**
 * The advice for a close; a socket that broke without a word (1006) may come back at once.
 *
 * @param {number} code
 * @param {string} reason
 * @returns {Advice}
 */
export function closeAdvice(code, reason) {
    return byReason[`${code} ${reason}`] ?? byCode[code] ?? "atOnce"
}

/**
 * Pauses between attempts: the first one short, so that a lost node costs little, then growing, always with jitter,
 * so that the clients of a lost node do not come all at once.
 */
export class Pauses {
    /**
     * @param {{minPauseMs: number, maxPauseMs: number}} bounds
     * @param {() => number} random in [0, 1)
     */
    constructor(bounds, random) {
        this.bounds = bounds
        this.random = random
        /** Attempts that failed since the last connection that lasted. */
        this.failures = 0
    }

    /**
     * The pause after one more failure, in milliseconds.
     *
     * @param {number} [atLeast]
     */
    next(atLeast = 0) {
        const { minPauseMs, maxPauseMs } = this.bounds
        this.failures += 1
        if (this.failures === 1 && atLeast === 0) return this.random() * minPauseMs
        const most = Math.min(maxPauseMs, Math.max(minPauseMs, atLeast) * 2 ** (this.failures - 1))
        return Math.max(atLeast, most / 2) + this.random() * most / 2
    }
}

/** Whether sockets can go there. */
export const isAddress = (/** @type {unknown} */ text) => typeof text === "string" && /^wss?:\/\/./i.test(text)

/** The addresses of the cluster, in turn. */
export class Addresses {
    /** @param {string[]} urls at least one */
    constructor(urls) {
        this.urls = urls
        this.index = 0
        /**
         * An address that the server named; good for one attempt.
         *
         * @type {string | undefined}
         */
        this.hint = undefined
    }

    /** The address of the next attempt. */
    take() {
        const url = this.hint ?? this.urls[this.index % this.urls.length]
        this.hint = undefined
        return url
    }

    /** Leaves the present address; with only one, that may be another node behind it. */
    moveOn() {
        this.index = (this.index + 1) % this.urls.length
    }
}
