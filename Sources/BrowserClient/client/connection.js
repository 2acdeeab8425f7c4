// The life of a session's sockets: which one serves, which one is on its way, when and where the next one comes.

import { Addresses, Pauses, closeAdvice, isAddress } from "./reconnect.js"

/**
 * @typedef {{sid: string, cn: number, peerId?: string, token?: string, lastSeq?: number}} SessionRecord
 *     what a session needs to go on elsewhere; a secret
 * @typedef {{number: () => number, sid: () => string}} Random numbers in [0, 1) and names of sessions
 * @typedef {{
 *     urls: string[], peerId?: string, hasTokenCallback: boolean, connectTimeoutMs: number, minPauseMs: number,
 *     maxPauseMs: number
 * }} ConnectionOptions
 * @typedef {"ignored" | "lost" | "waiting" | "ended"} Loss
 *     of a close: nothing changes, another socket is on its way, one will be, none will ever be
 */

/** A connection that lasted so long was a good one: the next pause is short again. */
const lastingMs = 5000
/** When the server does not say: the least pause after a drain and when it is busy, and the pause after `in_use`. */
const leastPauseMs = 1000
const defaultWindowMs = 30000

export class Connection {
    /**
     * @param {ConnectionOptions} options
     * @param {SessionRecord | undefined} record of before a reload
     * @param {Random} random
     */
    constructor(options, record, random) {
        this.options = options
        this.random = random
        this.addresses = new Addresses(options.urls)
        this.pauses = new Pauses(options, random.number)
        this.sid = record?.sid ?? random.sid()
        this.peerId = options.peerId ?? record?.peerId
        this.resumeToken = record?.token
        /** Raised with every socket, so that the newer of two wins whichever arrives first. */
        this.cn = record?.cn ?? 0
        this.welcomedCn = this.cn
        /** The socket that was welcomed, and the one that waits for it; 0 = none. */
        this.live = 0
        this.trying = 0
        this.openedAt = 0
        this.tryUntil = Infinity
        this.retryAt = Infinity
        /**
         * The pause that a go-away asks for, once.
         *
         * @type {number | undefined}
         */
        this.drainPauseMs = undefined
        this.windowMs = defaultWindowMs
        /** 4401 in a row. */
        this.unauthorized = 0
        this.wasOpen = false
    }

    get wakeAt() {
        return Math.min(this.tryUntil, this.retryAt)
    }

    /** @param {number} now */
    attempt(now) {
        this.retryAt = Infinity
        this.cn += 1
        this.trying = this.cn
        this.tryUntil = now + this.options.connectTimeoutMs
        return { cn: this.cn, url: this.addresses.take(), peerId: this.peerId }
    }

    /**
     * What a hello says of the session.
     *
     * @param {number} lastSeq the last number of the connection that was welcomed last
     */
    hello(lastSeq) {
        const { sid, cn, resumeToken: token } = this
        if (!token) return { sid, cn }
        // How far a connection came whose welcome was lost, nobody here knows.
        return { sid, cn, resume: this.welcomedCn === cn - 1 ? { token, lastSeq } : { token } }
    }

    /**
     * The socket that was on its way serves now.
     *
     * @param {Record<string, any>} welcome
     * @param {number} now
     * @returns {number} the socket that it replaces, or 0
     */
    welcomed(welcome, now) {
        const old = this.live
        this.live = this.trying
        this.welcomedCn = this.live
        this.trying = 0
        this.tryUntil = Infinity
        this.openedAt = now
        this.unauthorized = 0
        this.wasOpen = true
        this.peerId = welcome.peerId
        this.resumeToken = welcome.resume?.token
        this.windowMs = welcome.resume?.windowMs ?? defaultWindowMs
        this.drainPauseMs = undefined
        return old
    }

    /**
     * A socket is gone, or did not come to be.
     *
     * @param {number} cn
     * @param {number} code
     * @param {string} reason
     * @param {number} now
     * @returns {Loss}
     */
    closed(cn, code, reason, now) {
        if (cn === this.live) {
            this.live = 0
            if (now - this.openedAt >= lastingMs) this.pauses.failures = 0
            // The newer socket decides; this one may have been closed only because that one is there.
            if (this.trying) return "lost"
        } else if (cn === this.trying) {
            this.trying = 0
            this.tryUntil = Infinity
            // The old socket still serves, and says when it goes.
            if (this.live) return "ignored"
        } else {
            return "ignored"
        }
        if (code === 4401) return this.unauthenticated(reason, now)
        // The record of a page that did not end in peace may be older than the session.
        if (reason === "stale" && !this.wasOpen && this.resumeToken) return this.beginAnew(now)
        const advice = closeAdvice(code, reason)
        return advice === "never" || advice === "afterRepair" ? "ended" : this.waitFor(advice, now)
    }

    /**
     * The token ran out or is no good: a fresh one first, then a fresh session, then the end.
     *
     * @param {string} reason
     * @param {number} now
     * @returns {Loss}
     */
    unauthenticated(reason, now) {
        this.unauthorized += 1
        if (this.unauthorized === 1 && this.options.hasTokenCallback) return this.waitFor("atOnce", now)
        const mayBeSession = this.resumeToken !== undefined && reason === "unauthorized"
        return mayBeSession && this.unauthorized <= 2 ? this.beginAnew(now) : "ended"
    }

    /**
     * Nothing is left of the session.
     *
     * @param {number} now
     * @returns {Loss}
     */
    beginAnew(now) {
        this.resumeToken = undefined
        this.sid = this.random.sid()
        return this.waitFor("atOnce", now)
    }

    /**
     * @param {import("./reconnect.js").Advice} advice
     * @param {number} now
     * @returns {Loss}
     */
    waitFor(advice, now) {
        if (advice !== "afterWindow") this.addresses.moveOn()
        this.retryAt = now + this.pause(advice)
        this.drainPauseMs = undefined
        return "waiting"
    }

    /** @param {import("./reconnect.js").Advice} advice */
    pause(advice) {
        if (advice === "afterWindow") return this.windowMs * (1 + this.random.number() / 10)
        if (advice === "atOnce") return this.pauses.next()
        return advice === "afterHint" && this.drainPauseMs || this.pauses.next(leastPauseMs)
    }

    /**
     * The node is about to close the socket; whether to try another one at once.
     *
     * @param {Record<string, any>} goAway
     */
    moveAway({ url, retryAfterMs }) {
        if (typeof retryAfterMs === "number") this.drainPauseMs = retryAfterMs
        if (isAddress(url)) this.addresses.hint = url
        else this.addresses.moveOn()
        return this.trying === 0
    }

    /** No socket any more, and none to come. */
    stop() {
        this.live = 0
        this.trying = 0
        this.tryUntil = Infinity
        this.retryAt = Infinity
    }
}
