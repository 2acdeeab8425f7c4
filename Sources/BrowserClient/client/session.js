// The rules of dialect 2 as a state machine: events and times go in, actions come out. It touches no socket, clock,
// timer or storage, so that a test can drive every order of events.

import { Connection } from "./connection.js"
import { Inbox } from "./inbox.js"
import { Liveness } from "./liveness.js"
import { Outbox } from "./outbox.js"
import { RenewalTime } from "./renewal-time.js"
import { Roster } from "./roster.js"

/**
 * @typedef {import("./connection.js").SessionRecord} SessionRecord
 * @typedef {import("./outbox.js").Settlement} Settlement
 * @typedef {"idle" | "connecting" | "open" | "reconnecting" | "closed"} State
 * @typedef {{do: "connect", cn: number, url: string, peerId?: string}
 *     | {do: "send", cn: number, text: string}
 *     | {do: "drop", cn: number, code: number}
 *     | {do: "renew"}
 *     | {do: "settle", settlement: Settlement}
 *     | {do: "tell", event: string, detail: any}} Action
 * @typedef {import("./connection.js").ConnectionOptions
 *     & {metadata: Record<string, any>, bufferCount: number, bufferBytes: number}} SessionOptions
 */

/** The close code for a socket that this client gives up; the session goes on. */
const givenUp = 4000

/** One peer's stay in a room, over any number of connections. */
export class Session {
    /**
     * @param {SessionOptions} options
     * @param {SessionRecord | undefined} record of before a reload
     * @param {import("./connection.js").Random} random
     */
    constructor(options, record, random) {
        this.connection = new Connection(options, record, random)
        this.inbox = new Inbox()
        this.inbox.lastSeq = record?.lastSeq ?? 0
        this.outbox = new Outbox(options)
        this.roster = new Roster()
        this.liveness = new Liveness()
        this.renewal = new RenewalTime()
        this.metadata = options.metadata
        this.isMetadataNew = false
        /** @type {State} */
        this.state = "idle"
        /** @type {Record<string, any>} the last one */
        this.welcome = {}
        this.ice = { iceServers: [], iceTtlMs: 0, restartAdvised: false }
    }

    /** What to keep for the page that comes after this one; nothing before the first welcome. */
    get record() {
        const { sid, cn, peerId, resumeToken: token, welcomedCn } = this.connection
        if (!token || this.state === "closed") return undefined
        return { sid, cn, peerId, token, lastSeq: welcomedCn === cn ? this.inbox.lastSeq : undefined }
    }

    /** When `tick` wants to be called next. */
    get wakeAt() {
        const outbox = this.outbox.wakeAt(this.connection.live > 0)
        return Math.min(
            this.connection.wakeAt, this.liveness.wakeAt, this.inbox.ackAt, this.renewal.at, outbox)
    }

    // --- Coming and going -------------------------------------------------------------------------------------------

    /**
     * @param {number} now
     * @returns {Action[]}
     */
    start(now) {
        return [...this.enter("connecting"), { do: "connect", ...this.connection.attempt(now) }]
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
        const hello = { type: "hello", ...this.connection.hello(this.inbox.lastSeq), token, metadata: this.metadata }
        return [{ do: "send", cn, text: JSON.stringify(hello) }]
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
        return this.connection.retryAt === Infinity ? [] : [{ do: "connect", ...this.connection.attempt(now) }]
    }

    /**
     * The application leaves: the others see it at once.
     *
     * @returns {Action[]}
     */
    leave() {
        return this.state === "closed" ? [] : [...this.sendNow(`{"type":"leave"}`) ?? [], ...this.finish("closed")]
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
            ...(live ? drop(live, 1000) : []), ...(trying ? drop(trying, givenUp) : []),
            ...settled(this.outbox.abandon(code)), ...(end ? tell("gone", end) : []), ...this.enter("closed"),
        ]
    }

    /** Without a connection nothing is due. */
    rest() {
        this.inbox.ackAt = Infinity
        this.liveness.stop()
        this.renewal.stop()
    }

    /**
     * @param {Record<string, any>} message
     * @param {number} now
     * @returns {Action[]}
     */
    welcomed(message, now) {
        const first = !this.connection.wasOpen
        const old = this.connection.welcomed(message, now)
        this.welcome = message
        this.inbox.begin()
        this.liveness.begin(message.heartbeatMs, now)
        this.renewal.begin(message.now, now)
        const resumed = message.resumed === true
        const mustPresent = resumed && this.isMetadataNew
        this.isMetadataNew = false
        const { node, peerId } = message
        return [
            ...(old ? drop(old, givenUp) : []),
            ...this.enter("open"),
            ...tell("open", { resumed, first, node, peerId }),
            ...settled(this.outbox.begin(resumed)),
            ...(resumed ? [] : told(this.roster.clear("session-lost"))),
            ...told(this.roster.replace(message)),
            ...this.useIce(message),
            ...(mustPresent ? this.present(this.metadata) : []),
            ...this.flush(now),
        ]
    }

    // --- Speaking ---------------------------------------------------------------------------------------------------

    /**
     * Keeps a confirmed signal until its outcome is final; undefined when there is no room for it.
     *
     * @param {{id: string, to: string[], text: string, bytes: number, deadline: number}} signal
     * @param {number} now
     * @returns {Action[] | undefined}
     */
    sendConfirmed(signal, now) {
        return this.outbox.add(signal) ? this.flush(now) : undefined
    }

    /**
     * Any other message; undefined when there is no connection.
     *
     * @param {string} text
     * @returns {Action[] | undefined}
     */
    sendNow(text) {
        const cn = this.connection.live
        return cn ? [{ do: "send", cn, text }] : undefined
    }

    /**
     * @param {Record<string, any>} metadata
     * @returns {Action[]}
     */
    present(metadata) {
        this.metadata = metadata
        const actions = this.sendNow(JSON.stringify({ type: "presence", metadata }))
        this.isMetadataNew = actions === undefined
        return actions ?? []
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
        if (token === undefined) this.renewal.putOff(now)
        else this.renewal.uses(token, now)
        return token === undefined ? [] : this.sendNow(JSON.stringify({ type: "auth", token })) ?? []
    }

    /**
     * @param {number} now
     * @returns {Action[]}
     */
    flush(now) {
        const cn = this.connection.live
        return cn ? this.outbox.takeUnsent(now).map((text) => ({ do: "send", cn, text })) : []
    }

    // --- Time -------------------------------------------------------------------------------------------------------

    /**
     * @param {number} now
     * @returns {Action[]}
     */
    tick(now) {
        const actions = settled(this.outbox.expire(now))
        if (now >= this.connection.tryUntil) actions.push(...this.giveUp(this.connection.trying, now))
        if (now >= this.connection.retryAt) actions.push(...this.hurry(now))
        const due = this.liveness.due(now)
        if (due === "silence") return [...actions, ...this.giveUp(this.connection.live, now)]
        if (due === "heartbeat") {
            const seq = this.inbox.take() || undefined
            actions.push(...this.sendNow(JSON.stringify({ type: "heartbeat", seq })) ?? [])
        }
        if (now >= this.inbox.ackAt) {
            actions.push(...this.sendNow(JSON.stringify({ type: "ack", seq: this.inbox.take() })) ?? [])
        }
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
        return [...drop(cn, givenUp), ...this.closed(cn, givenUp, "", now)]
    }

    // --- Listening --------------------------------------------------------------------------------------------------

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
        const actions = message.sourcePeerId === undefined ? this.heardServer(message, now) : this.heardPeer(message)
        this.inbox.arrived(message.seq, now)
        return actions
    }

    /**
     * @param {Record<string, any>} message
     * @returns {Action[]}
     */
    heardPeer(message) {
        if (!this.inbox.admits(message)) return []
        return tell("signal", { from: message.sourcePeerId, message, reliable: message.sourceSession !== undefined })
    }

    /**
     * @param {Record<string, any>} message
     * @param {number} now
     * @returns {Action[]}
     */
    heardServer(message, now) {
        const { type, id } = message
        switch (type) {
        case "peer-joined": return told(this.roster.put(message))
        case "peer-updated": return told(this.roster.update(message))
        case "peer-left": return told(this.roster.remove(message.peerId, message.reason))
        case "resync": return told(this.roster.replace(message))
        case "members": return told(this.roster.page(message))
        case "ack": case "undeliverable": return settled([this.outbox.outcome(message)])
        case "nack":
            return id === undefined ? tell("undelivered", { to: message.to }) : settled([this.outbox.outcome(message)])
        case "error":
            return this.outbox.entries.has(id) ? settled([this.outbox.refused(message, now)]) : tell("refused", message)
        case "go-away":
            return this.connection.moveAway(message) ? [{ do: "connect", ...this.connection.attempt(now) }] : []
        case "ice-servers": return this.useIce(message)
        case "moderated": return tell(type, message)
        default: return []
        }
    }

    /**
     * @param {Record<string, any>} message
     * @returns {Action[]}
     */
    useIce({ iceServers = [], iceTtlMs = 0, restartAdvised = false }) {
        this.ice = { iceServers, iceTtlMs, restartAdvised }
        return tell("ice-servers", this.ice)
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
}

/**
 * @param {string} event
 * @param {any} detail
 * @returns {Action[]}
 */
function tell(event, detail) {
    return [{ do: "tell", event, detail }]
}

/**
 * @param {number} cn
 * @param {number} code
 * @returns {Action[]}
 */
function drop(cn, code) {
    return [{ do: "drop", cn, code }]
}

/**
 * @param {import("./roster.js").Change[]} changes
 * @returns {Action[]}
 */
function told(changes) {
    return changes.flatMap(({ event, detail }) => tell(event, detail))
}

/**
 * @param {(Settlement | undefined)[]} settlements
 * @returns {Action[]}
 */
function settled(settlements) {
    return settlements.flatMap((settlement) => settlement ? [{ do: "settle", settlement }] : [])
}
