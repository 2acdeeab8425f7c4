// What the rules ask of whoever holds the sockets, timers and listeners.

/**
 * @typedef {import("./outbox.js").Settlement} Settlement
 * @typedef {{do: "connect", cn: number, url: string, peerId?: string}
 *     | {do: "send", cn: number, text: string}
 *     | {do: "drop", cn: number, code: number}
 *     | {do: "renew"}
 *     | {do: "settle", settlement: Settlement}
 *     | {do: "tell", event: string, detail: any}} Action
 */

/**
 * @param {string} event
 * @param {any} detail
 * @returns {Action[]}
 */
export function tell(event, detail) {
    return [{ do: "tell", event, detail }]
}

/**
 * @param {import("./roster.js").Change[]} changes
 * @returns {Action[]}
 */
export function tellChanges(changes) {
    return changes.flatMap(({ event, detail }) => tell(event, detail))
}

/**
 * @param {(Settlement | undefined)[]} settlements
 * @returns {Action[]}
 */
export function settle(...settlements) {
    /** @type {Action[]} */
    const actions = []
    for (const settlement of settlements) if (settlement) actions.push({ do: "settle", settlement })
    return actions
}

/**
 * Closes a socket of this side; 4000 leaves the session alive.
 *
 * @param {number} cn
 * @param {1000 | 4000} code
 * @returns {Action[]}
 */
export function drop(cn, code) {
    return cn ? [{ do: "drop", cn, code }] : []
}
