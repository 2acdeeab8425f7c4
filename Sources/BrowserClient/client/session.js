// The rules of dialect 2 as a state machine: events and times go in, actions come out. It touches no socket, clock,
// timer or storage, so that a test can drive every order of events.

import { drop, settle, tell } from "./actions.js"
import { Connection } from "./connection.js"
import { Conversation } from "./conversation.js"
import { Liveness } from "./liveness.js"
import { RenewalTime } from "./renewal-time.js"

/**
 * @typedef {import("./actions.js").Action} Action
 * @typedef {import("./connection.js").SessionRecord} SessionRecord
 * @typedef {"idle" | "connecting" | "open" | "reconnecting" | "closed"} State
 * @typedef {import("./connection.js").ConnectionOptions
 *     & {metadata: Record<string, any>, bufferCount: number, bufferBytes: number}} SessionOptions
 */

/** One peer's stay in a room, over any number of connections. */
export class Session {
    /**
     * @param {SessionOptions} options
     * @param {SessionRecord | undefined} record of before a reload
     * @param {import("./connection.js").Random} random
     */
    constructor(options, record, random) {
        this.connection = new Connection(options, record, random)
        this.conversation = new Conversation(options, record?.lastSeq ?? 0)
        this.liveness = new Liveness()
        this.renewal = new RenewalTime()
        /** @type {State} */
        this.state = "idle"
        /** @type {Record<string, any>} the last one */
        this.welcome = {}
    }

    /** What to keep for the page that comes after this one; nothing before the first welcome. */
    get record() {
        const { sid, cn, peerId, resumeToken: token, welcomedCn } = this.connection
        if (!token || this.state === "closed") return undefined
        return { sid, cn, peerId, token, lastSeq: welcomedCn === cn ? this.conversation.inbox.lastSeq : undefined }
    }

    /** When `tick` wants to be called next. */
    get wakeAt() {
        const conversation = this.conversation.wakeAt(this.connection.live > 0)
        return Math.min(this.connection.wakeAt, conversation, this.liveness.wakeAt, this.renewal.at)
    }

    // --- Coming and going -------------------------------------------------------------------------------------------

    /**
     * @param {number} now
     * @returns {Action[]}
     */
    start(now) {
        return [...this.enter("connecting"), ...this.connect(now)]
    }

    /**
     * @param {number} now
     * @returns {Action[]}
     */
    connect(now) {
        return [{ do: "connect", ...this.connection.attempt(now) }]
    }

    /**
     * A socket is open.
     *
     * @param {number} cn
     * @param {string | undefined} token
     * @returns {Action[]}
     */
    opened(cn, token) {
        if (cn !== this.connection.trying) return []
        this.renewal.uses(token)
        const who = this.connection.hello(this.conversation.inbox.lastSeq)
        const hello = { type: "hello", ...who, token, ...this.conversation.greet() }
        return [{ do: "send", cn, text: JSON.stringify(hello) }]
    }

    /**
     * The server has taken the session on.
     *
     * @param {Record<string, any>} message
     * @param {number} now
     * @returns {Action[]}
     */
    welcomed(message, now) {
        const first = !this.connection.wasOpen
        const old = this.connection.welcomed(message, now)
        this.welcome = message
        this.liveness.begin(message.heartbeatMs, now)
        this.renewal.begin(message.now, now)
        const { node, peerId, resumed } = message
        return [
            ...drop(old, 4000), ...this.enter("open"), ...tell("open", { resumed, first, node, peerId }),
            ...this.conversation.begin(message), ...this.flush(now),
        ]
    }

    /**
     * A socket is gone, or did not come to be (1006).
     *
     * @param {number} cn
     * @param {number} code
     * @param {string} reason
     * @param {number} now
     * @returns {Action[]}
     */
    closed(cn, code, reason, now) {
        const loss = this.connection.closed(cn, code, reason, now)
        if (loss === "ignored") return []
        if (loss === "ended") return this.finish("gone", { code, reason })
        this.rest()
        const retryInMs = loss === "waiting" ? Math.round(this.connection.retryAt - now) : undefined
        return this.enter(this.connection.wasOpen ? "reconnecting" : "connecting", retryInMs)
    }

    /**
     * Ends a pause between two attempts.
     *
     * @param {number} now
     * @returns {Action[]}
     */
    hurry(now) {
        return this.connection.retryAt === Infinity ? [] : this.connect(now)
    }

    /**
     * The application leaves: the others see it at once.
     *
     * @returns {Action[]}
     */
    leave() {
        return this.state === "closed" ? [] : [...this.say(`{"type":"leave"}`), ...this.finish("closed")]
    }

    /**
     * @param {"gone" | "closed"} code
     * @param {{code: number, reason: string}} [end] what the server said
     * @returns {Action[]}
     */
    finish(code, end) {
        const { live, trying } = this.connection
        this.connection.stop()
        this.rest()
        return [
            ...drop(live, 1000), ...drop(trying, 4000), ...settle(...this.conversation.outbox.abandon(code)),
            ...(end ? tell("gone", end) : []), ...this.enter("closed"),
        ]
    }

    /** Without a connection nothing is due. */
    rest() {
        this.conversation.rest()
        this.liveness.stop()
        this.renewal.stop()
    }

    /**
     * @param {State} state
     * @param {number} [retryInMs]
     * @returns {Action[]}
     */
    enter(state, retryInMs) {
        this.state = state
        return tell("state", { state, attempt: this.connection.pauses.failures, retryInMs })
    }

    // --- Speaking and listening -------------------------------------------------------------------------------------

    /**
     * Keeps a confirmed signal until its outcome is final; undefined when there is no room for it.
     *
     * @param {{id: string, to: string[], text: string, bytes: number, deadline: number}} signal
     * @param {number} now
     * @returns {Action[] | undefined}
     */
    sendConfirmed(signal, now) {
        return this.conversation.outbox.add(signal) ? this.flush(now) : undefined
    }

    /**
     * @param {Record<string, any>} metadata
     * @param {number} now
     * @returns {Action[]}
     */
    present(metadata, now) {
        this.conversation.present(metadata)
        return this.flush(now)
    }

    /**
     * A fresh token for the live connection; undefined = there is none now.
     *
     * @param {string | undefined} token
     * @param {number} now
     * @returns {Action[]}
     */
    renewed(token, now) {
        if (!this.connection.live) return []
        if (token === undefined) {
            this.renewal.putOff(now)
            return []
        }
        this.renewal.uses(token, now)
        return this.say(JSON.stringify({ type: "auth", token }))
    }

    /**
     * A message of the server or, through it, of a peer.
     *
     * @param {number} cn
     * @param {Record<string, any>} message
     * @param {number} now
     * @returns {Action[]}
     */
    received(cn, message, now) {
        if (cn === this.connection.trying && message.type === "welcome") return this.welcomed(message, now)
        if (cn !== this.connection.live) return []
        this.liveness.heard(now)
        // The node is about to close the socket: a new one first, so that nobody notices.
        if (message.type === "go-away") return this.connection.moveAway(message) ? this.connect(now) : []
        return this.conversation.heard(message, now)
    }

    /**
     * What the connection is there for; nothing without one.
     *
     * @param {string[]} texts
     * @returns {Action[]}
     */
    say(...texts) {
        const cn = this.connection.live
        return cn ? texts.map((text) => ({ do: "send", cn, text })) : []
    }

    /**
     * @param {number} now
     * @returns {Action[]}
     */
    flush(now) {
        return this.connection.live ? this.say(...this.conversation.due(now)) : []
    }

    // --- Time -------------------------------------------------------------------------------------------------------

    /**
     * @param {number} now
     * @returns {Action[]}
     */
    tick(now) {
        const actions = settle(...this.conversation.outbox.expire(now))
        if (now >= this.connection.tryUntil) actions.push(...this.giveUp(this.connection.trying, now))
        if (now >= this.connection.retryAt) actions.push(...this.connect(now))
        const due = this.liveness.due(now)
        if (due === "silence") return [...actions, ...this.giveUp(this.connection.live, now)]
        if (due === "heartbeat") actions.push(...this.say(this.conversation.heartbeat()))
        if (now >= this.renewal.at) {
            this.renewal.stop()
            actions.push({ do: "renew" })
        }
        return [...actions, ...this.flush(now)]
    }

    /**
     * @param {number} cn
     * @param {number} now
     * @returns {Action[]}
     */
    giveUp(cn, now) {
        return [...drop(cn, 4000), ...this.closed(cn, 4000, "", now)]
    }
}
