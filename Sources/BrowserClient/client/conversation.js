// What is said and heard in a session: signals out and in, who is there, what the server tells.

import { settle, tell, tellChanges } from "./actions.js"
import { Inbox } from "./inbox.js"
import { Outbox } from "./outbox.js"
import { Roster } from "./roster.js"

/** @typedef {import("./actions.js").Action} Action */

/** One session's messages, over any number of connections. */
export class Conversation {
    /**
     * @param {{metadata: Record<string, any>, bufferCount: number, bufferBytes: number}} options
     * @param {number} lastSeq what the page before a reload had heard
     */
    constructor(options, lastSeq) {
        this.inbox = new Inbox()
        this.inbox.lastSeq = lastSeq
        this.outbox = new Outbox(options)
        this.roster = new Roster()
        this.metadata = options.metadata
        /** The server has not been told of it, and what it was told in the last hello. */
        this.isMetadataNew = false
        this.greeting = this.metadata
        /** @type {{iceServers: RTCIceServer[], iceTtlMs: number, restartAdvised: boolean}} */
        this.ice = { iceServers: [], iceTtlMs: 0, restartAdvised: false }
    }

    /**
     * When something is due by itself.
     *
     * @param {boolean} isOpen
     */
    wakeAt(isOpen) {
        return Math.min(this.inbox.ackAt, this.outbox.wakeAt(isOpen))
    }

    /**
     * What the first message of a connection says of this peer.
     *
     * @returns {{metadata: Record<string, any>}}
     */
    greet() {
        this.greeting = this.metadata
        return { metadata: this.metadata }
    }

    /**
     * A connection begins.
     *
     * @param {Record<string, any>} welcome
     * @returns {Action[]}
     */
    begin(welcome) {
        const isResumed = welcome.resumed === true
        this.inbox.begin()
        this.isMetadataNew &&= isResumed || this.metadata !== this.greeting
        return [
            ...settle(...this.outbox.begin(isResumed)),
            ...(isResumed ? [] : tellChanges(this.roster.clear("session-lost"))),
            ...tellChanges(this.roster.replace(welcome)),
            ...this.useIce(welcome),
        ]
    }

    /** Without a connection nothing is confirmed. */
    rest() {
        this.inbox.ackAt = Infinity
    }

    /**
     * What is to be said now on the open connection.
     *
     * @param {number} now
     * @returns {string[]}
     */
    due(now) {
        const texts = []
        if (now >= this.inbox.ackAt) texts.push(JSON.stringify({ type: "ack", seq: this.inbox.take() }))
        if (this.isMetadataNew) texts.push(JSON.stringify({ type: "presence", metadata: this.metadata }))
        this.isMetadataNew = false
        return [...texts, ...this.outbox.takeUnsent(now)]
    }

    /** The heartbeat confirms as well. */
    heartbeat() {
        return JSON.stringify({ type: "heartbeat", seq: this.inbox.take() || undefined })
    }

    /** @param {Record<string, any>} metadata */
    present(metadata) {
        this.metadata = metadata
        this.isMetadataNew = true
    }

    /**
     * A message of the server or, through it, of a peer.
     *
     * @param {Record<string, any>} message
     * @param {number} now
     * @returns {Action[]}
     */
    heard(message, now) {
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
        case "peer-joined": return tellChanges(this.roster.put(message))
        case "peer-updated": return tellChanges(this.roster.update(message))
        case "peer-left": return tellChanges(this.roster.remove(message.peerId, message.reason))
        case "resync": return tellChanges(this.roster.replace(message))
        case "members": return tellChanges(this.roster.page(message))
        case "ack": case "undeliverable": return settle(this.outbox.outcome(message))
        case "nack":
            return id === undefined ? tell("undelivered", { to: message.to }) : settle(this.outbox.outcome(message))
        case "error":
            return this.outbox.entries.has(id) ? settle(this.outbox.refused(message, now)) : tell("refused", message)
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
}
