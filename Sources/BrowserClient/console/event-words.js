// What an event of the cluster means, in one sentence.

import { amount } from "./words.js";

/** @typedef {import("./event-stream.js").ServerEvent} ServerEvent */
/** @typedef {"peers" | "moderation" | "nodes"} EventGroup */
/** @typedef {{group: EventGroup, tone: "good" | "soft" | "busy" | "bad", text: string, search: string}} EventLine */

/** @param {any} data */
const roomOf = (data) => (data.room === undefined ? "every room" : `${data.namespace}/${data.room}`);

/** @type {Record<string, (data: any, nameOf: (instance: string) => string) => Omit<EventLine, "search"> | null>} */
const lines = {
    joined: (data) => ({ group: "peers", tone: "good", text: `${data.peerId} joined ${roomOf(data)}` }),
    left: (data) => ({ group: "peers", tone: "soft", text: `${data.peerId} left ${roomOf(data)}` }),
    kicked: (data) => ({ group: "moderation", tone: "busy", text: `${data.peerId} was kicked out of ${roomOf(data)}` }),
    moderation: (data) => {
        const verb = data.lifted ? "lifted" : "decided";
        const reason = data.reason ? `: ${data.reason}` : "";
        const text = `${data.kind} ${verb} for ${data.target} in ${roomOf(data)}${reason}`;
        return { group: "moderation", tone: "busy", text };
    },
    swept: (data, nameOf) => ({
        group: "nodes", tone: "busy",
        text: `${amount(data.members, "member")} of ${nameOf(data.instance)} swept out of ${roomOf(data)}`,
    }),
    shard: (data) => ({
        group: "nodes", tone: data.state === "up" ? "good" : "bad", text: `Redis shard ${data.shard} is ${data.state}`,
    }),
    node: (data) => {
        /** @type {Record<string, Omit<EventLine, "search">>} */
        const states = {
            up: { group: "nodes", tone: "good", text: `${data.node} takes peers` },
            draining: { group: "nodes", tone: "busy", text: `${data.node} drains` },
            stopped: { group: "nodes", tone: "soft", text: `${data.node} stopped after its drain` },
            lost: { group: "nodes", tone: "bad", text: `${data.node} is lost: its lease ran out` },
        };
        return states[data.state] ?? null;
    },
    skipped: (data) => ({
        group: "peers", tone: "busy",
        text: `${data.events} more joins and leaves at ${data.node} that were too many to tell`,
    }),
};

/**
 * @param {ServerEvent} event
 * @param {(instance: string) => string} nameOf the name of a node by its instance
 * @returns {EventLine | null} null for what is no news
 */
export function eventLine(event, nameOf) {
    const line = lines[event.name]?.(event.data, nameOf);
    return line ? { ...line, search: `${line.text} ${event.data.node ?? ""}`.toLowerCase() } : null;
}
