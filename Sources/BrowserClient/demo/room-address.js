/**
 * Where a page is, as its link says: `#room=lobby&namespace=team`. A token is never a part of it.
 *
 * @typedef {object} RoomAddress
 * @property {string} room
 * @property {string} namespace "" = the default one
 * @property {boolean} relayOnly connect through TURN only
 */

/** @returns {RoomAddress | undefined} undefined when the link names no room */
export function roomOfLink() {
    const words = new URLSearchParams(location.hash.slice(1))
    const room = words.get("room")?.trim()
    if (!room) return undefined
    return { room, namespace: words.get("namespace")?.trim() ?? "", relayOnly: words.get("relay") === "1" }
}

/** @param {RoomAddress} address */
export function linkTo({ room, namespace, relayOnly }) {
    const words = new URLSearchParams({ room })
    if (namespace) words.set("namespace", namespace)
    if (relayOnly) words.set("relay", "1")
    return `${location.origin}${location.pathname}#${words}`
}
