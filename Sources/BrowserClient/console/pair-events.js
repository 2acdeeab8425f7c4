// What the nodes remember of two peers, in one order.

/**
 * @typedef {object} PairEvent
 * @property {number} at milliseconds since 1970, by the clock of the node that saw it
 * @property {number} [until]
 * @property {number} [count]
 * @property {string} what
 * @property {string} from
 * @property {string} [to]
 * @property {string} [kind]
 * @property {string} [reason]
 * @property {string} [state]
 * @property {number} [code]
 * @property {number} [dialect]
 * @property {boolean} [reliable]
 * @property {boolean} [relayed]
 * @property {string} node that saw it
 */

/** The order of what happens within one millisecond. */
const order = [
    "joined", "resumed", "sent", "refused", "stored", "delivered", "received", "written", "nack", "undeliverable",
];

/** @param {PairEvent} event */
function rank(event) {
    const found = order.indexOf(event.what);
    return found < 0 ? order.length : found;
}

/**
 * All events of the nodes in the order of time. What several nodes tell of one departure is told once.
 *
 * @param {any} answer of `/admin/rooms/{namespace}/{room}/pairs`
 * @returns {PairEvent[]}
 */
export function mergeEvents(answer) {
    /** @type {PairEvent[]} */
    const all = answer.nodes.flatMap((/** @type {any} */ node) =>
        (node.events ?? []).map((/** @type {any} */ event) => ({ ...event, node: node.name })));
    all.sort((one, other) => one.at - other.at || rank(one) - rank(other));
    /** @type {Map<string, number>} */
    const told = new Map();
    return all.filter((event) => {
        if (event.what !== "left" || (event.reason !== "timeout" && event.reason !== "node-lost")) return true;
        const name = `${event.from} ${event.reason}`;
        const before = told.get(name);
        told.set(name, event.at);
        return before === undefined || event.at - before > 10_000;
    });
}

/**
 * What a signal is called.
 *
 * @param {string} [kind]
 */
export function kindWords(kind) {
    return kind === "other" || !kind ? "signal" : kind;
}
