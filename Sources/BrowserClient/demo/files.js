import { ChannelClosed } from "../client/peer-channel.js"
import { FileRefused } from "../client/file-transfer.js"
import { FileCard } from "./file-card.js"
import { nameOf } from "./people.js"
import { safeFileName } from "./file-name.js"
import { bytesInWords } from "./words.js"

/** What this page takes: a file is kept in memory until it is saved. */
const maxFileBytes = 100_000_000
/** Files of all peers that this page keeps at once, so that nobody fills its memory with many small ones. */
const maxKeptBytes = 400_000_000

/**
 * @typedef {import("../client/peer.js").Peer} Peer
 * @typedef {import("../client/file-transfer.js").IncomingFile} IncomingFile
 */

/** Sends files to everybody in the room, and takes theirs. */
export class Files {
    #conversation
    #keptBytes = 0
    /** @type {string[]} */
    #links = []

    /** @param {import("./conversation.js").Conversation} conversation */
    constructor(conversation) {
        this.#conversation = conversation
    }

    /** Gives up what was kept to be saved. */
    forget() {
        for (const link of this.#links) URL.revokeObjectURL(link)
        this.#links = []
        this.#keptBytes = 0
    }

    /**
     * @param {File} file
     * @param {Peer[]} peers
     */
    async send(file, peers) {
        const connected = peers.filter((peer) => peer.state === "connected")
        if (connected.length === 0) {
            this.#conversation.note("Nobody is connected yet, so the file was not sent.")
            return
        }
        const card = new FileCard(file.name, file.size)
        this.#conversation.show("", "", card.element)
        const sent = new Map(connected.map((peer) => [peer, 0]))
        const results = await Promise.allSettled(
            connected.map((peer) =>
                peer.sendFile(file, (bytes) => {
                    sent.set(peer, bytes)
                    card.progress(Math.min(...sent.values()))
                }),
            ),
        )
        const got = connected.filter((_, index) => results[index].status === "fulfilled").map(nameOf)
        card.finish(got.length > 0 ? `${got.join(", ")} got it` : "not delivered")
        results.forEach((result, index) => {
            if (result.status === "fulfilled") return
            this.#conversation.note(`${nameOf(connected[index])} did not get the file: ${whyNot(result.reason)}.`)
        })
    }

    /**
     * @param {Peer} peer
     * @param {IncomingFile} file
     */
    async take(peer, file) {
        if (file.size > maxFileBytes || this.#keptBytes + file.size > maxKeptBytes) {
            await file.refuse("too-large").catch(() => {})
            const words = `${nameOf(peer)} offered “${safeFileName(file.name)}” (${bytesInWords(file.size)})`
            this.#conversation.note(`${words}: too large for this page.`)
            return
        }
        this.#keptBytes += file.size
        const card = new FileCard(file.name, file.size)
        this.#conversation.show(nameOf(peer), peer.id, card.element)
        try {
            const blob = await file.accept((bytes) => card.progress(bytes))
            // Without the kind that the peer has named nothing opens it as a page.
            const link = URL.createObjectURL(new Blob([blob], { type: "application/octet-stream" }))
            this.#links.push(link)
            card.offer(link)
        } catch {
            this.#keptBytes = Math.max(0, this.#keptBytes - file.size)
            card.finish("broken off")
        }
    }
}

/** @param {unknown} error */
function whyNot(error) {
    if (error instanceof FileRefused) return error.reason === "too-large" ? "it is too large" : "it was refused"
    return error instanceof ChannelClosed ? "the connection ended" : "the file could not be read"
}
