import { byID, element, inputByID } from "./element.js"
import { hueOf, initials } from "./names.js"
import { milliseconds, routeInWords } from "./words.js"

/** @typedef {import("../client/peer.js").Peer} Peer */

const routeMs = 2000

/** How the state of signaling looks on the own card, in the words of connections. */
const ownStates = {
    idle: "connecting", connecting: "connecting", open: "connected", reconnecting: "interrupted", closed: "failed",
}

/** The name that a peer shows, cut to what fits. */
export function nameOf(/** @type {Peer} */ peer) {
    const { name } = /** @type {{name?: unknown}} */ (peer.member.metadata)
    // Characters without a shape, and those that turn the direction of text, could make one name look like another.
    const clean = typeof name === "string" ? name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "").trim() : ""
    return clean.slice(0, 40) || peer.id.slice(0, 12)
}

/** The list of everybody in the room: who, on which node, and how packets get there. */
export class People {
    /** @type {Map<Peer, {item: HTMLElement, face: HTMLElement, name: HTMLElement, detail: HTMLElement}>} */
    #cards = new Map()
    #list = byID("people")

    constructor() {
        setInterval(() => this.#readRoutes(), routeMs)
    }

    /** @param {Peer} peer */
    add(peer) {
        const face = element("span", "face")
        face.setAttribute("aria-hidden", "true")
        const name = element("p", "name")
        const detail = element("p", "detail")
        const item = element("li", "person", face, element("div", "who", name, detail))
        item.dataset.peer = peer.id
        this.#cards.set(peer, { item, face, name, detail })
        this.#list.append(item)
        this.show(peer)
    }

    /** @param {Peer} peer */
    remove(peer) {
        this.#cards.get(peer)?.item.remove()
        this.#cards.delete(peer)
        this.#count()
    }

    clear() {
        for (const peer of [...this.#cards.keys()]) this.remove(peer)
    }

    /** Shows name and state as they are now. */
    show(/** @type {Peer} */ peer) {
        const card = this.#cards.get(peer)
        if (!card) return
        const name = nameOf(peer)
        card.item.dataset.state = peer.state
        card.item.dataset.away = String(peer.member.away)
        card.name.textContent = name
        paintFace(card.face, name, peer.id)
        this.#count()
        void this.#showRoute(peer)
    }

    /**
     * Shows who the person at this page is.
     *
     * @param {string} name
     * @param {import("../client/signaling-client.js").SignalingClient} client
     */
    showOwn(name, client) {
        inputByID("own-name").value = name
        byID("own-node").textContent = client.node ?? ""
        byID("own").dataset.state = ownStates[client.state]
        paintFace(/** @type {HTMLElement} */ (byID("own").querySelector(".face")), name, client.peerId ?? name)
    }

    #readRoutes() {
        for (const peer of this.#cards.keys()) void this.#showRoute(peer)
    }

    /** @param {Peer} peer */
    async #showRoute(peer) {
        const route = peer.state === "connected" ? await peer.route() : undefined
        const card = this.#cards.get(peer)
        if (!card) return
        const { node } = /** @type {{node?: unknown}} */ (peer.member.metadata)
        const words = [typeof node === "string" ? node.slice(0, 40) : "", stateInWords(peer)]
        if (route) words.push(route.isRelayed ? "relayed (TURN)" : `direct (${route.local})`)
        if (route?.roundTripMs !== undefined) words.push(milliseconds(route.roundTripMs))
        const spans = words.filter(Boolean).map((word) => element("span", "", word))
        card.detail.replaceChildren(...spans)
        card.item.title = route ? routeInWords(route) : ""
    }

    #count() {
        byID("people-count").textContent = String(this.#cards.size + 1)
    }
}

/** @param {Peer} peer */
function stateInWords(peer) {
    if (peer.state === "connecting") return "connecting …"
    if (peer.state === "interrupted") return "interrupted, looking for a new way"
    if (peer.state === "failed") return "no way found, trying again"
    return peer.member.away ? "signaling lost" : ""
}

/**
 * @param {HTMLElement} face
 * @param {string} name
 * @param {string} seed
 */
function paintFace(face, name, seed) {
    face.style.setProperty("--hue", String(hueOf(seed)))
    face.replaceChildren(initials(name), element("span", "dot"))
}
