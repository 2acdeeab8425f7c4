// A reliable seat in a room: connects, comes back by itself, and says of every signal what became of it.

import { Session } from "./session.js"
import { SessionStorage, tabStorage } from "./session-storage.js"
import { SignalingError } from "./signaling-error.js"
import { checkedAddress, randomSid, signalingAddress, socketURL, subprotocol } from "./signaling-socket.js"

export { SignalingError }

/**
 * @typedef {import("./roster.js").Member} Member
 * @typedef {import("./outbox.js").Receipt} Receipt
 * @typedef {import("./session.js").State} State
 * @typedef {import("./actions.js").Action} Action
 * @typedef {{
 *     url?: string | string[], namespace?: string, room?: string, peerId?: string, region?: string,
 *     token?: string | (() => string | Promise<string>), metadata?: Record<string, any>, storage?: Storage | null,
 *     bufferCount?: number, bufferBytes?: number, sendTimeoutMs?: number, connectTimeoutMs?: number,
 *     minPauseMs?: number, maxPauseMs?: number
 * }} SignalingOptions
 * @typedef {{
 *     iceState?: string, failureReason?: string, relayUsed?: boolean, region?: string, carrier?: string
 * }} Telemetry
 * @typedef {{
 *     "state": {state: State, attempt: number, retryInMs?: number},
 *     "open": {resumed: boolean, first: boolean, node: string, peerId: string},
 *     "peer-joined": Member,
 *     "peer-updated": Member,
 *     "peer-left": {peerId: string, reason: string, member: Member},
 *     "signal": {from: string, message: Record<string, any>, reliable: boolean},
 *     "ice-servers": {iceServers: RTCIceServer[], iceTtlMs: number, restartAdvised: boolean},
 *     "refused": {code: string, message: string, retryAfterMs?: number},
 *     "undelivered": {to: string},
 *     "moderated": Record<string, any>,
 *     "gone": {code: number, reason: string}
 * }} SignalingEvents
 */

/** The most that a confirmed signal may have, in bytes. */
const confirmedBytes = 65536
const encoder = new TextEncoder()

const defaults = {
    namespace: "", room: "", metadata: {}, bufferCount: 256, bufferBytes: 1048576, sendTimeoutMs: 30000,
    connectTimeoutMs: 10000, minPauseMs: 300, maxPauseMs: 15000,
}

/** One peer in one room, as docs/client.md describes it. */
export class SignalingClient extends EventTarget {
    /** @param {SignalingOptions} [options] */
    constructor(options = {}) {
        super()
        this.options = { ...defaults, ...options }
        const { url, namespace, room, peerId, token, storage } = this.options
        const urls = url === undefined ? [signalingAddress()] : [url].flat().map(checkedAddress)
        const keep = storage === undefined ? tabStorage() : storage
        this.storage = new SessionStorage(keep, `signaling ${namespace} ${room} ${peerId ?? ""}`)
        this.session = new Session(
            { ...this.options, urls, hasTokenCallback: typeof token === "function" }, this.storage.take(),
            { number: Math.random, sid: randomSid })
        /** @type {Map<number, WebSocket>} */
        this.sockets = new Map()
        /** @type {Map<string, {resolve: (receipts: Receipt[]) => void, reject: (error: SignalingError) => void}>} */
        this.waiting = new Map()
        /** @type {Promise<void> | undefined} */
        this.opening = undefined
        /** @type {ReturnType<typeof setTimeout> | undefined} */
        this.timer = undefined
        /** Ids of one session never repeat, not over a reload either. */
        this.idPrefix = `${this.session.connection.cn + 1}.`
        this.idCount = 0
        /** @type {(() => void)[]} */
        this.undo = []
        /** @type {Action[]} */
        this.actions = []
        this.isRunning = false
    }

    get state() { return this.session.state }
    get peerId() { return this.session.connection.peerId }
    get namespace() { return this.session.welcome.namespace ?? this.options.namespace }
    get room() { return this.session.welcome.room ?? this.options.room }
    /** The name of the node that serves this client. */
    get node() { return /** @type {string | undefined} */ (this.session.welcome.node) }
    /** The address of the present socket. */
    get url() { return this.sockets.get(this.session.connection.live)?.url }
    /** @returns {ReadonlyMap<string, Member>} everybody else in the room */
    get members() { return this.session.conversation.roster.members }
    get iceServers() { return this.session.conversation.ice.iceServers }
    get iceTtlMs() { return this.session.conversation.ice.iceTtlMs }
    /** @returns {{maxMessageBytes: number, messagesPerMinute: number} | undefined} */
    get limits() { return this.session.welcome.limits }
    /** @returns {string[]} */
    get grants() { return this.session.welcome.grants ?? [] }
    /** Confirmed signals without a final outcome. */
    get pending() { return this.session.conversation.outbox.entries.size }

    /**
     * Connects, and goes on doing so until `close` or `gone`.
     *
     * @returns {Promise<void>} resolves at the first welcome
     */
    open() {
        this.opening ??= new Promise((resolve, reject) => {
            this.on("open", () => resolve())
            this.on("gone", (end) => reject(new SignalingError({ code: "gone", reason: end.reason })))
            this.on("state", ({ state }) => state === "closed" && reject(new SignalingError({ code: "closed" })))
            this.undo.push(this.storage.follow(() => this.session.record), this.followPage())
            this.run(this.session.start(performance.now()))
        })
        return this.opening
    }

    /**
     * Sends a signal to one peer or several.
     *
     * @param {string | string[]} to
     * @param {Record<string, any>} body its members `to` and `id` are the client's
     * @param {{reliable?: boolean, timeoutMs?: number}} how reliable: kept, repeated after a reconnect, confirmed
     * @returns {Promise<Receipt[]>} one receipt per receiver; none when it is not reliable
     */
    async send(to, body, { reliable = true, timeoutMs = this.options.sendTimeoutMs } = {}) {
        const names = [...new Set([to].flat())]
        if (!reliable) {
            this.sendNow({ ...body, to: names, id: undefined })
            return []
        }
        const id = this.idPrefix + (this.idCount += 1)
        const text = JSON.stringify({ ...body, to: names.length === 1 ? names[0] : names, id })
        const bytes = encoder.encode(text).length
        if (bytes > confirmedBytes) throw new SignalingError({ code: "message_too_large" })
        if (this.state === "closed") throw new SignalingError({ code: "closed" })
        const now = performance.now()
        const actions = this.session.sendConfirmed({ id, to: names, text, bytes, deadline: now + timeoutMs }, now)
        if (!actions) throw new SignalingError({ code: "buffer_full" })
        return new Promise((resolve, reject) => {
            this.waiting.set(id, { resolve, reject })
            this.run(actions)
        })
    }

    /**
     * Sends a message to everybody else in the room, at most once.
     *
     * @param {Record<string, any>} body
     */
    async broadcast(body) {
        this.sendNow({ ...body, to: undefined })
    }

    /**
     * What the others shall know of this peer.
     *
     * @param {Record<string, any>} metadata at most 2,048 bytes as JSON
     */
    setMetadata(metadata) {
        this.run(this.session.present(metadata, performance.now()))
    }

    /**
     * Reports how a peer connection fares; without a socket the report is dropped.
     *
     * @param {Telemetry} report
     */
    telemetry(report) {
        this.run(this.session.say(JSON.stringify({ ...report, type: "telemetry" })))
    }

    /** Asks for a fresh token and shows it on the live socket; done by itself before the present one runs out. */
    async renewToken() {
        let token
        try {
            token = await this.token()
        } finally {
            this.run(this.session.renewed(token, performance.now()))
        }
    }

    /** Ends a pause between two attempts; done by itself when the network is back or the page is shown. */
    reconnect() {
        this.run(this.session.hurry(performance.now()))
    }

    /** Leaves the room. What has no final outcome is rejected with `closed`. */
    close() {
        this.run(this.session.leave())
    }

    /**
     * Listens to an event; the listener gets its detail.
     *
     * @template {keyof SignalingEvents} Name
     * @param {Name} name
     * @param {(detail: SignalingEvents[Name]) => void} listener
     * @returns {() => void} stops listening
     */
    on(name, listener) {
        const heard = (/** @type {Event} */ event) => listener(/** @type {CustomEvent} */ (event).detail)
        this.addEventListener(name, heard)
        return () => this.removeEventListener(name, heard)
    }

    // --- What the session decides is done here -----------------------------------------------------------------------

    /**
     * Listeners may call the client: what comes of that waits for its turn, so that signals keep their order.
     *
     * @param {Action[]} actions
     */
    run(actions) {
        this.actions.push(...actions)
        if (this.isRunning) return
        this.isRunning = true
        for (let next = this.actions.shift(); next; next = this.actions.shift()) this.perform(next)
        this.isRunning = false
        clearTimeout(this.timer)
        const { wakeAt } = this.session
        if (wakeAt === Infinity) return
        this.timer = setTimeout(
            () => this.run(this.session.tick(performance.now())), Math.max(0, Math.ceil(wakeAt - performance.now())))
    }

    /** @param {Action} action */
    perform(action) {
        switch (action.do) {
        case "connect": return void this.connect(action)
        case "send": return this.sockets.get(action.cn)?.send(action.text)
        case "drop": return this.drop(action.cn, action.code)
        case "renew": return void this.renewToken().catch(() => {})
        case "settle": return this.settle(action.settlement)
        case "tell": return this.tell(action.event, action.detail)
        }
    }

    /** @param {{cn: number, url: string, peerId?: string}} attempt */
    async connect({ cn, url, peerId }) {
        const hear = (/** @type {(now: number) => Action[]} */ event) => this.run(event(performance.now()))
        /** @type {string | undefined} */
        let token
        try {
            token = await this.token()
        } catch {
            return hear((now) => this.session.closed(cn, 1006, "token", now))
        }
        if (this.session.connection.trying !== cn) return
        const { namespace, room, region } = this.options
        const socket = new WebSocket(socketURL(url, { namespace, room, peerId, region }), subprotocol)
        this.sockets.set(cn, socket)
        socket.onopen = () => hear(() => this.session.opened(cn, token))
        socket.onmessage = ({ data }) => hear((now) => this.session.received(cn, JSON.parse(data), now))
        socket.onclose = ({ code, reason }) => {
            this.sockets.delete(cn)
            hear((now) => this.session.closed(cn, code, reason, now))
        }
    }

    async token() {
        const { token } = this.options
        return typeof token === "function" ? await token() : token
    }

    /** @param {Record<string, any>} message */
    sendNow(message) {
        const text = JSON.stringify(message)
        const most = this.limits?.maxMessageBytes ?? Infinity
        if (encoder.encode(text).length > most) throw new SignalingError({ code: "message_too_large" })
        if (!this.session.connection.live) throw new SignalingError({ code: "not_open" })
        this.run(this.session.say(text))
    }

    /**
     * @param {number} cn
     * @param {number} code
     */
    drop(cn, code) {
        this.sockets.get(cn)?.close(code)
        this.sockets.delete(cn)
    }

    /** @param {import("./outbox.js").Settlement} settlement */
    settle(settlement) {
        const promise = this.waiting.get(settlement.id)
        this.waiting.delete(settlement.id)
        if ("receipts" in settlement) promise?.resolve(settlement.receipts)
        else promise?.reject(new SignalingError(settlement.failure))
    }

    /**
     * @param {string} event
     * @param {any} detail
     */
    tell(event, detail) {
        this.dispatchEvent(new CustomEvent(event, { detail }))
        if (event !== "state" || detail.state !== "closed") return
        for (const undo of this.undo.splice(0)) undo()
    }

    followPage() {
        if (typeof document === "undefined") return () => {}
        const back = () => document.visibilityState === "visible" && this.reconnect()
        addEventListener("online", back)
        document.addEventListener("visibilitychange", back)
        return () => {
            removeEventListener("online", back)
            document.removeEventListener("visibilitychange", back)
        }
    }
}
