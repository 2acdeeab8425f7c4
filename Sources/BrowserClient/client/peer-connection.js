/**
 * What two ends of a connection say to each other over signaling.
 *
 * `from` and `for` name the connection object of the sender and of the receiver, so that a signal for a connection that
 * one side has replaced meanwhile is not mistaken for one of its successor. `round` counts the offers of one
 * connection; an answer repeats it.
 *
 * @typedef {object} PeerSignal
 * @property {"offer" | "answer" | "candidate"} type
 * @property {string} from
 * @property {string} [for]
 * @property {string} [sdp]
 * @property {number} [round]
 * @property {RTCIceCandidateInit} [candidate]
 */

/**
 * @typedef {object} PeerConnectionOptions
 * @property {boolean} polite whether this side yields when both offer at once
 * @property {boolean} leads whether this side makes the first offer; the other one waits for it
 * @property {RTCConfiguration} configuration
 * @property {(signal: PeerSignal) => void} send
 * @property {() => void} onState
 */

/**
 * One `RTCPeerConnection` and its negotiation, by the pattern "perfect negotiation" (WebRTC 1.0, 10.7): both sides may
 * offer at any time, and when they do so at once the polite one takes its offer back.
 *
 * The first offer is that of one side, so that a usual start has no collision; `restart` lets the other one begin as
 * well.
 */
export class PeerConnection {
    /** The name of this connection in signals. */
    id = randomName()
    /**
     * The name of the peer's connection, once it is known.
     *
     * @type {string | undefined}
     */
    remoteID = undefined
    rtc
    #options
    #isOffering = false
    #waitsForOffer
    #round = 0
    /** @type {() => void} */
    #end = () => {}
    // Operations of a closed RTCPeerConnection never settle; whoever waits for one waits for this as well.
    /** @type {Promise<void>} */
    #ended = new Promise((resolve) => (this.#end = resolve))

    /** @param {PeerConnectionOptions} options */
    constructor(options) {
        this.#options = options
        this.#waitsForOffer = !options.leads
        this.rtc = new RTCPeerConnection(options.configuration)
        this.rtc.onnegotiationneeded = () => this.#waitsForOffer || this.#offer()
        this.rtc.onconnectionstatechange = () => options.onState()
        this.rtc.onicecandidate = ({ candidate }) => {
            if (candidate?.candidate) this.#send({ type: "candidate", candidate: candidate.toJSON() })
        }
    }

    /** Whether this side has left the first offer to the peer and not heard of it. */
    get isWaiting() {
        return this.#waitsForOffer
    }

    get isClosed() {
        return this.rtc.signalingState === "closed"
    }

    /** Whether an offer comes from another connection of the peer than the one this side has agreed with. */
    isForeign(/** @type {PeerSignal} */ signal) {
        return this.remoteID !== undefined && signal.from !== this.remoteID
    }

    /**
     * Takes a signal of the peer. One at a time: the caller waits for the end of each.
     *
     * @param {PeerSignal} signal
     */
    async accept(signal) {
        if (this.isClosed || (signal.for !== undefined && signal.for !== this.id)) return
        if (signal.type === "offer") return this.#acceptOffer(signal)
        if (this.isForeign(signal)) return
        if (signal.type === "answer") return this.#acceptAnswer(signal)
        // Candidates of an offer that was ignored or taken back belong to no description and are refused.
        await this.#step(this.rtc.addIceCandidate(signal.candidate)).catch(() => {})
    }

    /** Looks for a new way, or repeats an offer that was not answered. */
    restart() {
        if (this.isClosed) return
        if (this.rtc.signalingState === "have-local-offer") return this.#sendOffer()
        if (this.#waitsForOffer) {
            this.#waitsForOffer = false
            return void this.#offer()
        }
        this.rtc.restartIce()
    }

    /** @param {RTCIceServer[]} iceServers from now on; what is connected stays as it is. */
    setIceServers(iceServers) {
        if (!this.isClosed) this.rtc.setConfiguration({ ...this.#options.configuration, iceServers })
    }

    close() {
        this.rtc.close()
        this.#end()
    }

    async #offer() {
        this.#isOffering = true
        try {
            await this.#step(this.rtc.setLocalDescription())
            if (this.rtc.signalingState !== "have-local-offer") return
            this.#round += 1
            this.#sendOffer()
        } finally {
            this.#isOffering = false
        }
    }

    #sendOffer() {
        this.#send({ type: "offer", sdp: this.rtc.localDescription?.sdp, round: this.#round })
    }

    /** @param {PeerSignal} signal */
    async #acceptOffer({ sdp, round, from }) {
        const collides = this.#isOffering || this.rtc.signalingState !== "stable"
        if (collides && !this.#options.polite) return
        this.#waitsForOffer = false
        this.remoteID = from
        await this.#step(this.rtc.setRemoteDescription({ type: "offer", sdp }))
        await this.#step(this.rtc.setLocalDescription())
        if (this.isClosed) return
        this.#send({ type: "answer", sdp: this.rtc.localDescription?.sdp, round })
    }

    /** @param {PeerSignal} signal */
    async #acceptAnswer({ sdp, round, from }) {
        if (round !== this.#round || this.rtc.signalingState !== "have-local-offer") return
        this.remoteID = from
        await this.#step(this.rtc.setRemoteDescription({ type: "answer", sdp }))
    }

    /** @param {Omit<PeerSignal, "from">} signal */
    #send(signal) {
        if (!this.isClosed) this.#options.send({ ...signal, from: this.id, for: this.remoteID })
    }

    /**
     * @template T
     * @param {Promise<T>} operation
     */
    #step(operation) {
        return Promise.race([operation, this.#ended])
    }
}

/** 72 random bits as base64url. */
function randomName() {
    const bytes = crypto.getRandomValues(new Uint8Array(9))
    return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_")
}
