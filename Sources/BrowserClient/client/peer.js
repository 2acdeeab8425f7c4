import { reportConnection } from "./telemetry.js"
import { IncomingFile, fileProtocol, sendFile } from "./file-transfer.js"
import { ChannelClosed, PeerChannel } from "./peer-channel.js"
import { PeerConnection } from "./peer-connection.js"
import { selectedRoute } from "./peer-route.js"

/** How long the polite side waits for the first offer before it makes one itself. */
const firstOfferMs = 3000
/** How long an attempt to connect may take before it is repeated; doubled each time, up to the maximum. */
const attemptMs = 10_000
const maxAttemptMs = 60_000
/** How long a connection may be silent before it looks for a new way. */
const silenceMs = 2000

/**
 * `connecting`: no way was found yet; `connected`: packets flow; `interrupted`: they flowed, and a new way is looked
 * for; `failed`: none was found, and another try follows; `closed`: the peer has left.
 *
 * @typedef {"connecting" | "connected" | "interrupted" | "failed" | "closed"} PeerState
 *
 * @typedef {import("./signaling-client.js").SignalingClient} SignalingClient
 * @typedef {import("./signaling-client.js").Member} Member
 * @typedef {import("./peer-connection.js").PeerSignal} PeerSignal
 *
 * @typedef {object} PeerOptions
 * @property {SignalingClient} client
 * @property {RTCIceTransportPolicy} iceTransportPolicy
 * @property {Record<string, RTCDataChannelInit>} channels
 * @property {boolean} leads whether this side makes the first offer
 * @property {(type: "state" | "channel" | "message" | "file", detail: any) => void} tell
 */

/** Another member of the room, and the connection to it. Made by `PeerMesh`. */
export class Peer {
    /** What the room says of it: `peerId`, `polite`, `since`, `away`, `metadata`. @type {Member} */
    member
    /** @type {PeerState} */
    state = "connecting"
    /** The open and opening data channels, by label; of several with one label the latest. */
    channels = /** @type {Map<string, PeerChannel>} */ (new Map())
    #options
    /** @type {PeerConnection} */
    #connection
    /** All channels of the connection, those of files too. */
    #open = /** @type {Set<PeerChannel>} */ (new Set())
    #stopReport = () => {}
    #signals = /** @type {Promise<void>} */ (Promise.resolve())
    #attempts = 0
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #timer

    /**
     * @param {Member} member
     * @param {PeerOptions} options
     */
    constructor(member, options) {
        this.member = member
        this.#options = options
        this.#connection = this.#connect(options.leads)
    }

    get id() {
        return this.member.peerId
    }

    /** The connection itself, for media and statistics. It is another one after the peer began anew. */
    get rtc() {
        return this.#connection.rtc
    }

    /**
     * Sends over the first channel of the mesh. Waits for the connection, and while much is on its way.
     *
     * @param {string | ArrayBuffer | ArrayBufferView | Blob} data
     */
    async send(data) {
        const [label = "data"] = Object.keys(this.#options.channels)
        const channel = this.channels.get(label)
        if (!channel) throw new ChannelClosed(label)
        await channel.send(data)
    }

    /**
     * Opens one more channel; the peer hears of it by `channel`.
     *
     * @param {string} label
     * @param {RTCDataChannelInit} [init]
     */
    openChannel(label, init) {
        return this.#adopt(this.rtc.createDataChannel(label, init))
    }

    /**
     * Sends a file over a channel of its own, in chunks.
     *
     * @param {File} file
     * @param {(sentBytes: number) => void} [onProgress]
     * @returns {Promise<void>} settles when the peer has confirmed the last byte; rejects with `FileRefused` or
     *     `ChannelClosed`
     */
    sendFile(file, onProgress) {
        const channel = this.#keep(this.rtc.createDataChannel("file", { protocol: fileProtocol }))
        return sendFile(channel, file, this.rtc.sctp?.maxMessageSize, onProgress)
    }

    /** How packets travel now; undefined while they do not. */
    route() {
        return selectedRoute(this.rtc)
    }

    /** Looks for a new way (ICE restart), as after a change of networks. */
    restart() {
        this.#connection.restart()
        this.#watch()
    }

    /** @param {PeerSignal} signal of the peer; signals are taken one at a time, in their order */
    receive(signal) {
        this.#signals = this.#signals.then(() => this.#accept(signal)).catch((error) => {
            console.warn(`A signal of ${this.id} does not fit:`, error)
        })
    }

    /** Signaling is back: what could not be negotiated meanwhile is tried at once. */
    signalingReturned() {
        if (this.state === "interrupted" || this.state === "failed") this.restart()
        else this.#watch()
    }

    /**
     * @param {RTCIceServer[]} iceServers
     * @param {boolean} restartAdvised whether a connection over the old servers should be renewed
     */
    async renew(iceServers, restartAdvised) {
        this.#connection.setIceServers(iceServers)
        if (!restartAdvised || this.state !== "connected") return
        const route = await this.route()
        if (route?.local === "relay") this.restart()
    }

    /** Ends the connection for good. */
    close() {
        clearTimeout(this.#timer)
        this.state = "closed"
        this.#disconnect()
    }

    /** @param {boolean} leads */
    #connect(leads) {
        const { client, iceTransportPolicy, channels } = this.#options
        /** @type {PeerConnection} */
        const connection = new PeerConnection({
            polite: this.member.polite,
            leads,
            configuration: { iceServers: client.iceServers, iceTransportPolicy },
            send: (signal) => this.#send(signal),
            onState: () => this.#follow(connection),
        })
        this.#connection = connection
        this.#stopReport = reportConnection(client, connection.rtc, { peerId: this.id })
        connection.rtc.ondatachannel = ({ channel }) => this.#adopt(channel)
        Object.entries(channels).forEach(([label, init], id) => {
            this.#adopt(connection.rtc.createDataChannel(label, { ...init, negotiated: true, id }))
        })
        this.#watch()
        return connection
    }

    #disconnect() {
        this.#stopReport()
        this.channels.clear()
        for (const channel of this.#open) channel.close()
        this.#connection.close()
    }

    /** @param {PeerSignal} signal */
    async #accept(signal) {
        if (this.state === "closed") return
        if (signal.type === "offer" && this.#connection.isForeign(signal)) {
            // The peer has thrown its end away, so this one is good for nothing either.
            this.#disconnect()
            // The impolite side begins anew with an offer of its own, which the peer answers instead.
            this.#connect(!this.member.polite)
            this.#enter("connecting")
            if (!this.member.polite) return
        }
        await this.#connection.accept(signal)
    }

    /** @param {PeerSignal} signal */
    #send(signal) {
        // A signal that finds nobody is repeated by the next attempt, or the peer leaves the room.
        this.#options.client.send(this.id, signal).catch(() => {})
    }

    /** @param {PeerConnection} connection */
    #follow(connection) {
        if (connection !== this.#connection) return
        const { connectionState } = connection.rtc
        if (connectionState === "connected") {
            this.#attempts = 0
            this.#enter("connected")
        } else if (connectionState === "failed") {
            this.#enter("failed")
        } else if (connectionState === "disconnected") {
            this.#enter("interrupted")
        }
        this.#watch()
    }

    /** @param {PeerState} state */
    #enter(state) {
        if (state === this.state) return
        this.state = state
        this.#options.tell("state", { state })
    }

    /** Sees to it that an attempt that leads nowhere is repeated. */
    #watch() {
        clearTimeout(this.#timer)
        const { state } = this
        if (state === "connected" || state === "closed") return
        this.#timer = setTimeout(() => {
            // Without signaling nothing can be negotiated; `signalingReturned` goes on.
            if (this.#options.client.state !== "open") return
            this.#attempts += 1
            this.restart()
        }, this.#patienceMs())
    }

    #patienceMs() {
        if (this.#attempts === 0) {
            if (this.state !== "connecting") return this.state === "failed" ? 0 : silenceMs
            if (this.#connection.isWaiting) return firstOfferMs
        }
        return Math.min(maxAttemptMs, attemptMs * 2 ** this.#attempts)
    }

    /** @param {RTCDataChannel} raw */
    #adopt(raw) {
        const channel = this.#keep(raw)
        if (channel.protocol === fileProtocol) {
            IncomingFile.announced(channel).then((file) => this.#options.tell("file", { file })).catch(() => {})
            return channel
        }
        this.channels.set(channel.label, channel)
        channel.onMessage((data) => this.#options.tell("message", { channel, data }))
        channel.opened.then(() => this.#options.tell("channel", { channel })).catch(() => {})
        return channel
    }

    /** @param {RTCDataChannel} raw */
    #keep(raw) {
        const channel = new PeerChannel(raw)
        this.#open.add(channel)
        channel.closed.then(() => {
            this.#open.delete(channel)
            if (this.channels.get(channel.label) === channel) this.channels.delete(channel.label)
        })
        return channel
    }
}
