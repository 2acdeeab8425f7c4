// What has arrived: repeats are dropped, numbers are confirmed.

/** Ids remembered per source; the protocol asks for as many. */
const idsPerSource = 1024
/** Sources remembered; the one that was silent for longest is forgotten first. */
const sources = 512
/** A confirmation waits so long for company, */
const ackDelayMs = 50
/** or for so many signals. */
const ackCount = 16

/** The receiving side of a session. */
export class Inbox {
    constructor() {
        /**
         * Ids by sender and session, each in the order of arrival.
         *
         * @type {Map<string, Set<string>>}
         */
        this.known = new Map()
        /** The last number of the present connection that was handed to the application. */
        this.lastSeq = 0
        this.confirmedSeq = 0
        this.ackAt = Infinity
    }

    /** A new connection counts from 1. */
    begin() {
        this.lastSeq = 0
        this.confirmedSeq = 0
        this.ackAt = Infinity
    }

    /**
     * Whether a signal is to be shown: false for one that was shown before.
     *
     * @param {{sourcePeerId?: unknown, sourceSession?: unknown, id?: unknown}} signal
     */
    admits({ sourcePeerId, sourceSession, id }) {
        if (typeof sourceSession !== "string" || typeof id !== "string") return true
        const source = `${sourcePeerId} ${sourceSession}`
        const ids = this.known.get(source) ?? new Set()
        this.known.delete(source)
        this.known.set(source, ids)
        if (ids.has(id)) return false
        ids.add(id)
        if (ids.size > idsPerSource) forgetFirst(ids)
        if (this.known.size > sources) forgetFirst(this.known)
        return true
    }

    /**
     * Everything up to this number has arrived.
     *
     * @param {unknown} seq
     * @param {number} now
     */
    arrived(seq, now) {
        if (typeof seq !== "number" || seq <= this.lastSeq) return
        this.lastSeq = seq
        const isFull = this.lastSeq - this.confirmedSeq >= ackCount
        this.ackAt = isFull ? now : Math.min(this.ackAt, now + ackDelayMs)
    }

    /** The number to confirm, which then counts as confirmed. */
    take() {
        this.confirmedSeq = this.lastSeq
        this.ackAt = Infinity
        return this.lastSeq
    }
}

/** @param {Set<string> | Map<string, unknown>} entries */
function forgetFirst(entries) {
    for (const key of entries.keys()) {
        entries.delete(key)
        return
    }
}
