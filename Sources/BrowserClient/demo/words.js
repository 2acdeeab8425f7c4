/** What happened, for people: by the machine words of close codes, refusals and receipts (docs/protocol.md). */
const troubles = /** @type {Record<string, string>} */ ({
    room_full: "This room is full. Try again when somebody has left, or choose another room.",
    banned: "A moderator has banned you from this room.",
    kicked: "A moderator has removed you from this room.",
    room_closed: "This room was closed.",
    unauthorized: "This room needs a token, and a good one. Choose “Change room” to enter it.",
    forbidden: "Your token does not open this room, or does not allow this.",
    token_expired: "Your token has run out. Choose “Change room” to enter a new one.",
    token_revoked: "Your token was revoked.",
    replaced: "You are in this room in another tab or on another device; this page has stepped back.",
    in_use: "Somebody else is here under your ID. Reload the page in half a minute.",
    rate_limited: "You are sending too much at once. Wait a moment.",
    duplicate_payload: "You have sent the same thing too often. Wait a moment.",
    too_many_connections: "Too many pages from your network are connected. Close some, then reload.",
    limit: "Too many pages from your network are connected. Close some, then reload.",
    message_too_large: "That was too large for the server.",
    bad_request: "The server does not take this name for a room or a person.",
    invalid_room: "The server does not take this name for a room.",
    invalid_namespace: "The server does not take this namespace.",
    overloaded: "The server has no place left right now. Trying again.",
    unavailable: "The server cannot reach the others right now. Trying again.",
})

/**
 * @param {string | undefined} code
 * @returns {string} a sentence
 */
export function troubleInWords(code) {
    return troubles[code ?? ""] ?? `The server has ended this: ${code || "it gave no reason"}. Reload to try again.`
}

const leaves = /** @type {Record<string, string>} */ ({
    timeout: "lost the connection and did not come back",
    "node-lost": "was on a node that died, and did not come back",
    kicked: "was removed by a moderator",
})

/** Why somebody is gone; undefined for reasons that nobody needs to hear. */
export function leaveInWords(/** @type {string} */ reason) {
    if (["replaced", "session-lost", "closed"].includes(reason)) return undefined
    return leaves[reason] ?? "left"
}

/**
 * @param {import("../client/peer-route.js").Route} route
 * @returns {string} how packets travel
 */
export function routeInWords({ local, remote, transport, isRelayed }) {
    const way = isRelayed ? "Relayed by a TURN server" : "Directly, from browser to browser"
    return `${way}: ${local} to ${remote}, over ${transport.toUpperCase()}`
}

/** A round-trip time; browsers measure in whole milliseconds. */
export function milliseconds(/** @type {number} */ value) {
    return `${Math.max(1, Math.round(value))} ms`
}

/** A size as people write it. */
export function bytesInWords(/** @type {number} */ count) {
    const units = ["bytes", "kB", "MB", "GB"]
    let [value, unit] = [count, 0]
    while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1]
    return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}
