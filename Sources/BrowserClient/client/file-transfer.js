import { ChannelClosed } from "./peer-channel.js"

/** The subprotocol of channels that carry one file each. */
export const fileProtocol = "bs-file.1"

const maxChunkBytes = 64 * 1024

/** Thrown to the sender of a file that the receiver does not take; `reason` is the receiver's word. */
export class FileRefused extends Error {
    /** @param {string} reason */
    constructor(reason) {
        super(`The peer does not take the file: ${reason}`)
        this.name = "FileRefused"
        this.reason = reason
    }
}

/**
 * On the channel: the sender's `{name, size, type}`; the receiver's `{accept: true}` or `{refuse: "word"}`; the bytes
 * in order; the receiver's `{received: size}`.
 *
 * @param {import("./peer-channel.js").PeerChannel} channel of its own, closed at the end
 * @param {File} file
 * @param {number} [maxMessageBytes] what the peer takes in one message
 * @param {(sentBytes: number) => void} [onProgress]
 */
export async function sendFile(channel, file, maxMessageBytes = maxChunkBytes, onProgress = () => {}) {
    const answers = new Answers(channel)
    try {
        await channel.send(JSON.stringify({ name: file.name, size: file.size, type: file.type }))
        await answers.next("accept")
        const chunkBytes = Math.min(maxChunkBytes, maxMessageBytes)
        for (let sent = 0; sent < file.size; ) {
            const end = Math.min(file.size, sent + chunkBytes)
            await channel.send(await file.slice(sent, end).arrayBuffer())
            sent = end
            onProgress(sent)
        }
        await answers.next("received")
    } finally {
        channel.close()
    }
}

/** A file that a peer offers. Nothing is kept in memory before `accept`. */
export class IncomingFile {
    #channel
    #chunks = /** @type {ArrayBuffer[]} */ ([])
    #isAccepted = false
    /** Bytes that have arrived. */
    receivedBytes = 0

    /**
     * @param {import("./peer-channel.js").PeerChannel} channel
     * @param {{name: string, size: number, type: string}} head as the peer says, so not to be trusted
     */
    constructor(channel, { name, size, type }) {
        this.#channel = channel
        this.name = name
        this.size = size
        this.type = type
    }

    /**
     * Waits for the first message of a channel, which says what the file is.
     *
     * @param {import("./peer-channel.js").PeerChannel} channel
     * @returns {Promise<IncomingFile>}
     */
    static announced(channel) {
        return new Promise((resolve, reject) => {
            /** @type {IncomingFile | undefined} */
            let file
            channel.onMessage((data) => {
                if (file) return file.#take(data)
                const head = readHead(data)
                if (!head) return channel.close()
                file = new IncomingFile(channel, head)
                resolve(file)
            })
            channel.closed.then(() => reject(new ChannelClosed(channel.label)))
        })
    }

    /**
     * Takes the file.
     *
     * @param {(receivedBytes: number) => void} [onProgress]
     * @returns {Promise<Blob>} rejects with `ChannelClosed` when the peer goes before the last byte
     */
    async accept(onProgress = () => {}) {
        this.#isAccepted = true
        this.#onProgress = onProgress
        await this.#channel.send(JSON.stringify({ accept: true }))
        if (this.size === 0) this.#complete()
        await Promise.race([this.#whole, this.#channel.closed])
        if (this.receivedBytes < this.size) throw new ChannelClosed(this.#channel.label)
        const blob = new Blob(this.#chunks, { type: this.type })
        this.#chunks = []
        await this.#channel.send(JSON.stringify({ received: this.size })).catch(() => {})
        return blob
    }

    /** @param {string} reason one word that the sender is told */
    async refuse(reason) {
        await this.#channel.send(JSON.stringify({ refuse: reason }))
    }

    /** @type {(receivedBytes: number) => void} */
    #onProgress = () => {}
    /** @type {() => void} */
    #complete = () => {}
    /** @type {Promise<void>} */
    #whole = new Promise((resolve) => (this.#complete = resolve))

    /** @param {string | ArrayBuffer} data */
    #take(data) {
        const isWelcome = this.#isAccepted && data instanceof ArrayBuffer
        if (!isWelcome || this.receivedBytes + data.byteLength > this.size) return this.#channel.close()
        this.#chunks.push(data)
        this.receivedBytes += data.byteLength
        this.#onProgress(this.receivedBytes)
        if (this.receivedBytes === this.size) this.#complete()
    }
}

/** What the receiver says, for a sender that waits for it. */
class Answers {
    #channel
    #said = /** @type {Record<string, unknown>} */ ({})
    #wake = () => {}

    /** @param {import("./peer-channel.js").PeerChannel} channel */
    constructor(channel) {
        this.#channel = channel
        channel.onMessage((data) => {
            Object.assign(this.#said, readObject(data))
            this.#wake()
        })
    }

    /** @param {string} word the member that says yes */
    async next(word) {
        let isOpen = true
        while (!(word in this.#said)) {
            if ("refuse" in this.#said) throw new FileRefused(String(this.#said.refuse).slice(0, 80))
            if (!isOpen) throw new ChannelClosed(this.#channel.label)
            const spoken = new Promise((resolve) => (this.#wake = () => resolve(true)))
            isOpen = await Promise.race([spoken, this.#channel.closed.then(() => false)])
        }
    }
}

/** @param {string | ArrayBuffer} data */
function readHead(data) {
    const { name, size, type } = readObject(data)
    const isHead = typeof name === "string" && typeof type === "string" && Number.isSafeInteger(size) && size >= 0
    return isHead ? { name, size, type } : undefined
}

/**
 * @param {string | ArrayBuffer} data
 * @returns {Record<string, any>}
 */
function readObject(data) {
    if (typeof data !== "string") return {}
    try {
        const value = JSON.parse(data)
        return typeof value === "object" && value !== null ? value : {}
    } catch {
        return {}
    }
}
