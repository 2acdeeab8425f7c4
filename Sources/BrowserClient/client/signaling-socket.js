// Where a socket goes to, and what it carries there.

import { isAddress } from "./reconnect.js"

export const subprotocol = "browser-sync.v2"

/** The `/signal` of the node that this module came from. */
export function signalingAddress() {
    const address = new URL("/signal", import.meta.url)
    if (!address.protocol.startsWith("http")) throw new TypeError("From disk the client needs the option url.")
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:"
    return address.href
}

/** @param {string} address */
export function checkedAddress(address) {
    if (!isAddress(address)) throw new TypeError("The option url takes ws:// and wss:// addresses.")
    return address
}

/**
 * The address with the names in its query. No secret stands there: addresses end up in logs.
 *
 * @param {string} address
 * @param {Record<string, string | undefined>} names those that are absent or empty are left out
 */
export function socketURL(address, names) {
    const url = new URL(address)
    for (const [name, value] of Object.entries(names)) if (value) url.searchParams.set(name, value)
    // A page cannot read the status of a refused handshake: the server shall accept and close with a code.
    url.searchParams.set("closeCode", "1")
    return url.href
}

/** 128 random bits as 22 characters of base64url. */
export function randomSid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16))
    return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}
