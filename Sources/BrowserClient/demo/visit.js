import { PeerMesh } from "../client/peer-mesh.js"
import { SignalingClient, SignalingError } from "../client/signaling-client.js"
import { nameOf } from "./people.js"
import { leaveInWords, troubleInWords } from "./words.js"

/** Letters of one message. */
const maxText = 2000
/** How long a refusal that changes nothing stands on the page, at least. */
const refusalMs = 8000

/**
 * What a visit shows to the person.
 *
 * @typedef {object} VisitViews
 * @property {import("./people.js").People} people
 * @property {import("./conversation.js").Conversation} conversation
 * @property {import("./files.js").Files} files
 * @property {(state: string, words: string) => void} showSignaling
 * @property {(words: string, code?: string) => void} showTrouble
 */

/** One stay in one room: the client, the mesh, and what they tell the page. */
export class Visit {
    #views
    #client
    #mesh
    #name

    /**
     * @param {import("./entrance.js").Entry} entry
     * @param {VisitViews} views
     */
    constructor({ room, namespace, name, token, relayOnly }, views) {
        this.#views = views
        this.#name = name
        this.#client = new SignalingClient({
            room,
            namespace,
            token: token || undefined,
            metadata: { name },
        })
        this.#mesh = new PeerMesh(this.#client, { iceTransportPolicy: relayOnly ? "relay" : "all" })
        this.#followSignaling()
        this.#followPeers()
    }

    get peers() {
        return [...this.#mesh.peers.values()]
    }

    async open() {
        this.#views.people.showOwn(this.#name, this.#client)
        try {
            await this.#client.open()
        } catch (error) {
            // The event `gone` has said why.
            if (!(error instanceof SignalingError)) throw error
        }
    }

    /** @param {string} name */
    rename(name) {
        this.#name = name
        this.#introduce()
    }

    /**
     * @param {string} text
     * @returns {Promise<boolean>} false when nobody is there to hear
     */
    async say(text) {
        const heard = await this.#mesh.broadcast(JSON.stringify({ chat: text }))
        if (heard.length > 0) this.#views.conversation.say("", "", text)
        return heard.length > 0
    }

    /** Leaves the room, and takes its people off the page. */
    close() {
        this.#mesh.close()
        this.#client.close()
        this.#views.people.clear()
    }

    /** Tells the others the name, and the node, which changes when a node dies. */
    #introduce() {
        this.#client.setMetadata({ name: this.#name, node: this.#client.node })
        this.#views.people.showOwn(this.#name, this.#client)
    }

    #followSignaling() {
        const { conversation, people, showSignaling, showTrouble } = this.#views
        this.#client.on("state", ({ state }) => {
            people.showOwn(this.#name, this.#client)
            if (state === "connecting") showSignaling(state, "Connecting …")
            if (state === "reconnecting") showSignaling(state, "Reconnecting …")
        })
        let isKnown = false
        this.#client.on("open", ({ resumed, node }) => {
            showTrouble("")
            this.#introduce()
            if (!isKnown) showSignaling("open", `Connected to ${node}`)
            else showSignaling("open", resumed ? `Resumed on ${node}` : `New session on ${node}`)
            if (isKnown && resumed) conversation.note(`Signaling is back, on node ${node}. Nobody has seen you leave.`)
            isKnown = true
        })
        /** @type {ReturnType<typeof setTimeout> | undefined} */
        let calm
        this.#client.on("refused", ({ code, retryAfterMs = 0 }) => {
            showTrouble(troubleInWords(code), code)
            clearTimeout(calm)
            calm = setTimeout(() => showTrouble(""), Math.max(refusalMs, retryAfterMs))
        })
        this.#client.on("gone", ({ reason }) => {
            clearTimeout(calm)
            conversation.setAlone(false)
            showSignaling("closed", "Not connected")
            showTrouble(troubleInWords(reason), reason)
        })
    }

    #followPeers() {
        const { conversation, people, files } = this.#views
        this.#mesh.on("peer", ({ peer }) => {
            people.add(peer)
            conversation.setAlone(false)
        })
        // Seen in the browser's own tools beside the loading of the page.
        this.#mesh.on("channel", () => performance.mark("channel-open"))
        this.#mesh.on("state", ({ peer, state }) => {
            people.show(peer)
            if (state === "connected") conversation.note(`${nameOf(peer)} is connected.`)
        })
        this.#mesh.on("member", ({ peer }) => people.show(peer))
        this.#mesh.on("gone", ({ peer, reason }) => {
            people.remove(peer)
            const words = leaveInWords(reason)
            if (words) conversation.note(`${nameOf(peer)} ${words}.`)
            conversation.setAlone(this.#mesh.peers.size === 0)
        })
        this.#mesh.on("message", ({ peer, data }) => {
            const text = chatIn(data)
            if (text) conversation.say(nameOf(peer), peer.id, text)
        })
        this.#mesh.on("file", ({ peer, file }) => void files.take(peer, file))
    }
}

/**
 * @param {string | ArrayBuffer} data whatever a peer sends
 * @returns {string | undefined}
 */
function chatIn(data) {
    if (typeof data !== "string") return undefined
    try {
        const { chat } = JSON.parse(data) ?? {}
        return typeof chat === "string" ? chat.slice(0, maxText) : undefined
    } catch {
        return undefined
    }
}
