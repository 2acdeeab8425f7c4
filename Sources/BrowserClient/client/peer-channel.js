/** How much may wait in the browser before `send` waits as well, and when it goes on. */
const highWaterBytes = 1 << 20
const lowWaterBytes = 1 << 18

/** Thrown by `send` when the channel is closed, or closes before the message was handed over. */
export class ChannelClosed extends Error {
    /** @param {string} label */
    constructor(label) {
        super(`The data channel "${label}" is closed.`)
        this.name = "ChannelClosed"
    }
}

/**
 * A data channel whose `send` can be awaited, so that a sender never fills the memory of its own page.
 *
 * Messages keep their order however many `send`s wait at once.
 */
export class PeerChannel {
    #raw
    /** @type {Promise<unknown>} */
    #previous = Promise.resolve()
    /** @type {(value?: void) => void} */
    #markClosed = () => {}

    /** @param {RTCDataChannel} raw */
    constructor(raw) {
        this.#raw = raw
        raw.binaryType = "arraybuffer"
        raw.bufferedAmountLowThreshold = lowWaterBytes
        /** Settles when the channel is closed, by whichever side. @type {Promise<void>} */
        this.closed = new Promise((resolve) => (this.#markClosed = resolve))
        /**
         * Settles when the channel is open; rejects with `ChannelClosed` when it closes before.
         * @type {Promise<void>}
         */
        this.opened = new Promise((resolve, reject) => {
            if (raw.readyState === "open") resolve()
            raw.addEventListener("open", () => resolve())
            this.closed.then(() => reject(new ChannelClosed(raw.label)))
        })
        this.opened.catch(() => {})
        raw.addEventListener("close", () => this.#markClosed())
    }

    get label() {
        return this.#raw.label
    }

    /** The subprotocol that its opener named, or "". */
    get protocol() {
        return this.#raw.protocol
    }

    get isOpen() {
        return this.#raw.readyState === "open"
    }

    /** Bytes that wait in the browser. */
    get bufferedBytes() {
        return this.#raw.bufferedAmount
    }

    /**
     * Hands a message to the browser, as soon as the channel is open and less than 1 MiB waits before it.
     *
     * @param {string | ArrayBuffer | ArrayBufferView | Blob} data
     * @returns {Promise<void>} rejects with `ChannelClosed`, or as `RTCDataChannel.send` throws (a message over the
     *     peer's `maxMessageSize`)
     */
    send(data) {
        const turn = this.#previous.then(() => this.#write(data))
        this.#previous = turn.catch(() => {})
        return turn
    }

    /** @param {(data: string | ArrayBuffer) => void} listener */
    onMessage(listener) {
        this.#raw.addEventListener("message", ({ data }) => listener(data))
    }

    /** Closes the channel behind what was handed over already. */
    close() {
        this.#raw.close()
        // A closed connection closes its channels without an event.
        this.#markClosed()
    }

    /** @param {string | ArrayBuffer | ArrayBufferView | Blob} data */
    async #write(data) {
        await this.opened
        while (this.isOpen && this.#raw.bufferedAmount > highWaterBytes) {
            await Promise.race([this.#low(), this.closed])
        }
        if (!this.isOpen) throw new ChannelClosed(this.label)
        this.#raw.send(/** @type {any} */ (data))
    }

    /** @returns {Promise<void>} */
    #low() {
        return new Promise((resolve) => {
            this.#raw.addEventListener("bufferedamountlow", () => resolve(), { once: true })
        })
    }
}
