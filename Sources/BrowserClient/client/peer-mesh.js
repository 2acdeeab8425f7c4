import { Peer } from "./peer.js"

/**
 * @typedef {import("./signaling-client.js").SignalingClient} SignalingClient
 * @typedef {import("./signaling-client.js").Member} Member
 * @typedef {import("./peer-channel.js").PeerChannel} PeerChannel
 * @typedef {import("./peer-connection.js").PeerSignal} PeerSignal
 * @typedef {import("./file-transfer.js").IncomingFile} IncomingFile
 *
 * @typedef {object} PeerMeshOptions
 * @property {Record<string, RTCDataChannelInit>} [channels] data channels that every pair has from the start, by
 *     label, the same on all pages of a room; default: `data`, ordered and reliable
 * @property {RTCIceTransportPolicy} [iceTransportPolicy] `relay` = only through TURN
 *
 * @typedef {object} PeerMeshEvents
 * @property {{peer: Peer}} peer somebody is there; a connection is being made
 * @property {{peer: Peer, state: import("./peer.js").PeerState}} state its connection has changed
 * @property {{peer: Peer}} member its metadata or `away` has changed
 * @property {{peer: Peer, channel: PeerChannel}} channel a data channel is open
 * @property {{peer: Peer, channel: PeerChannel, data: string | ArrayBuffer}} message
 * @property {{peer: Peer, file: IncomingFile}} file a file is offered
 * @property {{peer: Peer, reason: string}} gone somebody has left for good; the connection is closed
 */

/** What is kept of signals that come before the room has told of their sender. */
const maxEarlyPeers = 64
const maxEarlySignals = 64

/**
 * A WebRTC connection to every other member of a room.
 *
 * Connections do not end with signaling: they close when the room says that a peer has left, not when the own socket,
 * or the peer's, is lost.
 */
export class PeerMesh extends EventTarget {
    /** The others, by peer ID. @type {Map<string, Peer>} */
    peers = new Map()
    #client
    #options
    /** @type {Map<string, PeerSignal[]>} */
    #early = new Map()
    #isReloaded = false
    /** @type {(() => void)[]} */
    #listeners

    /**
     * @param {SignalingClient} client opened by the caller, before or after
     * @param {PeerMeshOptions} [options]
     */
    constructor(client, options = {}) {
        super()
        const { channels = { data: {} }, iceTransportPolicy = "all" } = options
        this.#client = client
        this.#options = { client, channels, iceTransportPolicy }
        this.#listeners = [
            client.on("peer-joined", (member) => this.#join(member)),
            client.on("peer-updated", (member) => this.#update(member)),
            client.on("peer-left", ({ peerId, reason }) => this.#leave(peerId, reason)),
            client.on("signal", ({ from, message }) => this.#receive(from, message)),
            client.on("ice-servers", ({ iceServers, restartAdvised }) => {
                for (const peer of this.peers.values()) peer.renew(iceServers, restartAdvised)
            }),
            client.on("open", ({ first, resumed }) => {
                this.#isReloaded = first && resumed
                // Only those who are there already, of whom the client tells at once, may still hold an old connection.
                queueMicrotask(() => (this.#isReloaded = false))
                for (const peer of this.peers.values()) peer.signalingReturned()
            }),
            client.on("gone", () => this.close()),
        ]
        for (const member of client.members.values()) this.#join(member)
    }

    /**
     * Listens to an event of the mesh.
     *
     * @template {keyof PeerMeshEvents} Type
     * @param {Type} type
     * @param {(detail: PeerMeshEvents[Type]) => void} listener
     * @returns {() => void} ends it
     */
    on(type, listener) {
        const heard = (/** @type {Event} */ event) => listener(/** @type {CustomEvent} */ (event).detail)
        this.addEventListener(type, heard)
        return () => this.removeEventListener(type, heard)
    }

    /**
     * Sends to everybody who is connected.
     *
     * @param {string | ArrayBuffer | ArrayBufferView | Blob} data
     * @returns {Promise<Peer[]>} those whose browser has taken it over, after the slowest of them
     */
    async broadcast(data) {
        const connected = [...this.peers.values()].filter((peer) => peer.state === "connected")
        const sent = await Promise.allSettled(connected.map((peer) => peer.send(data)))
        return connected.filter((_, index) => sent[index].status === "fulfilled")
    }

    /** Closes all connections. The room is the client's business. */
    close() {
        for (const stop of this.#listeners) stop()
        for (const peerID of [...this.peers.keys()]) this.#leave(peerID, "closed")
    }

    /** @param {Member} member */
    #join(member) {
        this.#leave(member.peerId, "replaced")
        /** @type {Peer} */
        const peer = new Peer(member, {
            ...this.#options,
            // Nobody has seen a page go that came back at once: the others do not know that they should offer.
            leads: this.#isReloaded || !member.polite,
            tell: (type, detail) => this.#tell(type, { peer, ...detail }),
        })
        this.peers.set(peer.id, peer)
        this.#tell("peer", { peer })
        for (const signal of this.#early.get(peer.id) ?? []) peer.receive(signal)
        this.#early.delete(peer.id)
    }

    /** @param {Member} member */
    #update(member) {
        const peer = this.peers.get(member.peerId)
        if (!peer) return
        peer.member = member
        this.#tell("member", { peer })
    }

    /**
     * @param {string} peerID
     * @param {string} reason
     */
    #leave(peerID, reason) {
        const peer = this.peers.get(peerID)
        if (!peer) return
        this.peers.delete(peerID)
        peer.close()
        this.#tell("gone", { peer, reason })
    }

    /**
     * @param {string} from
     * @param {Record<string, any>} message
     */
    #receive(from, message) {
        if (!["offer", "answer", "candidate"].includes(message.type) || typeof message.from !== "string") return
        const signal = /** @type {PeerSignal} */ (message)
        const peer = this.peers.get(from)
        if (peer) return peer.receive(signal)
        const waiting = this.#early.get(from) ?? []
        if (waiting.length < maxEarlySignals) waiting.push(signal)
        this.#early.set(from, waiting)
        const [oldest] = this.#early.keys()
        if (this.#early.size > maxEarlyPeers) this.#early.delete(oldest)
    }

    /**
     * @template {keyof PeerMeshEvents} Type
     * @param {Type} type
     * @param {PeerMeshEvents[Type]} detail
     */
    #tell(type, detail) {
        this.dispatchEvent(new CustomEvent(type, { detail }))
    }
}
