// Confirmed signals on their way: each waits for one final outcome per receiver, over any number of connections.

/**
 * @typedef {{to: string, level: "received" | "written"}} Receipt
 * @typedef {{to: string, level?: "received" | "written", code?: string, reason?: string}} Outcome
 * @typedef {{code: string, to?: string, reason?: string, message?: string, outcomes?: Outcome[]}} Failure
 * @typedef {{id: string, receipts: Receipt[]} | {id: string, failure: Failure}} Settlement
 * @typedef {{
 *     id: string, to: string[], text: string, bytes: number, deadline: number,
 *     isOut: boolean, wasOut: boolean, outcomes: Map<string, Outcome>
 * }} Entry `isOut` = sent on the present connection, `wasOut` = on any
 */

/** Refusals that mean "later": the signal is sent again when the pause is over. */
const passing = new Set(["rate_limited", "unavailable"])
const passingMs = 1000

/** The sending side of a session; settles each signal once. */
export class Outbox {
    /** @param {{bufferCount: number, bufferBytes: number}} bounds of all signals without a final outcome */
    constructor(bounds) {
        this.bounds = bounds
        /** @type {Map<string, Entry>} */
        this.entries = new Map()
        this.bytes = 0
        /** Nothing is sent before this time. */
        this.heldUntil = 0
    }

    /**
     * Keeps a signal; false when there is no room for it.
     *
     * @param {{id: string, to: string[], text: string, bytes: number, deadline: number}} signal
     */
    add(signal) {
        if (this.entries.size >= this.bounds.bufferCount) return false
        if (this.bytes + signal.bytes > this.bounds.bufferBytes) return false
        this.entries.set(signal.id, { ...signal, isOut: false, wasOut: false, outcomes: new Map() })
        this.bytes += signal.bytes
        return true
    }

    /**
     * What is to be sent now, in the order in which it was given.
     *
     * @param {number} now
     * @returns {string[]}
     */
    takeUnsent(now) {
        if (now < this.heldUntil) return []
        const texts = []
        for (const entry of this.entries.values()) {
            if (entry.isOut) continue
            entry.isOut = true
            entry.wasOut = true
            texts.push(entry.text)
        }
        return texts
    }

    /**
     * A new connection: everything is sent again if the session went on. If not, what the old one may have carried
     * is given up, for its outcome will never be known.
     *
     * @param {boolean} isResumed
     * @returns {Settlement[]}
     */
    begin(isResumed) {
        this.heldUntil = 0
        const lost = []
        for (const entry of this.entries.values()) {
            entry.isOut = false
            if (!isResumed && entry.wasOut) lost.push(this.fail(entry, { code: "session_lost" }))
        }
        return lost
    }

    /**
     * An `ack`, `nack` or `undeliverable` of the server.
     *
     * @param {Record<string, any>} message
     * @returns {Settlement | undefined}
     */
    outcome({ type, id, to, level, code, reason }) {
        const entry = this.entries.get(id)
        if (!entry || !entry.to.includes(to)) return undefined
        if (type === "ack") {
            if (level !== "received" && level !== "written") return undefined
            entry.outcomes.set(to, { to, level })
        } else if (type === "nack") {
            entry.outcomes.set(to, { to, code: String(code) })
        } else {
            entry.outcomes.set(to, { to, code: "undeliverable", reason: String(reason) })
        }
        return entry.outcomes.size === entry.to.length ? this.settle(entry) : undefined
    }

    /**
     * An `error` of the server about one signal.
     *
     * @param {Record<string, any>} message
     * @param {number} now
     * @returns {Settlement | undefined}
     */
    refused({ id, code, message, retryAfterMs }, now) {
        const entry = this.entries.get(id)
        if (!entry) return undefined
        if (!passing.has(code)) return this.fail(entry, { code: String(code), message })
        entry.isOut = false
        this.heldUntil = Math.max(this.heldUntil, now + (retryAfterMs ?? passingMs))
        return undefined
    }

    /**
     * Gives up what has waited for too long.
     *
     * @param {number} now
     * @returns {Settlement[]}
     */
    expire(now) {
        const late = [...this.entries.values()].filter((entry) => now >= entry.deadline)
        return late.map((entry) => this.fail(entry, { code: "timeout" }))
    }

    /**
     * Gives up everything.
     *
     * @param {string} code
     * @returns {Settlement[]}
     */
    abandon(code) {
        return [...this.entries.values()].map((entry) => this.fail(entry, { code }))
    }

    /**
     * The next time at which something is due by itself.
     *
     * @param {boolean} isOpen whether there is a connection to send on
     */
    wakeAt(isOpen) {
        let at = Infinity
        for (const entry of this.entries.values()) {
            at = Math.min(at, entry.deadline)
            if (isOpen && !entry.isOut) at = Math.min(at, this.heldUntil)
        }
        return at
    }

    /**
     * @param {Entry} entry
     * @returns {Settlement}
     */
    settle(entry) {
        const outcomes = entry.to.map((to) => /** @type {Outcome} */ (entry.outcomes.get(to)))
        const bad = outcomes.find((outcome) => outcome.code !== undefined)
        if (bad) return this.fail(entry, { .../** @type {Outcome & {code: string}} */ (bad) })
        this.remove(entry)
        return { id: entry.id, receipts: /** @type {Receipt[]} */ (outcomes) }
    }

    /**
     * @param {Entry} entry
     * @param {Failure} failure
     * @returns {Settlement}
     */
    fail(entry, failure) {
        this.remove(entry)
        return { id: entry.id, failure: { ...failure, outcomes: [...entry.outcomes.values()] } }
    }

    /** @param {Entry} entry */
    remove(entry) {
        this.entries.delete(entry.id)
        this.bytes -= entry.bytes
    }
}
