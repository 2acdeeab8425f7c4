// Why two peers did or did not connect, in words. Pure: it looks at nothing but the events that the nodes remember.

import { kindWords } from "./pair-events.js";

/** @typedef {import("./pair-events.js").PairEvent} PairEvent */
/** @typedef {{tone: "good" | "busy" | "bad" | "soft", title: string, notes: string[]}} Verdict */

/** @type {Record<string, string>} */
const refusals = {
    not_found: "nobody of that name was in the room",
    full: "too much waited for that peer already",
    degraded: "the node could not reach the others",
    timeout: "nothing was confirmed in time",
};

/** @type {Record<string, string>} */
const iceReasons = {
    timeout: "no pair of candidates answered in time",
    "candidate-pair-failed": "no pair of candidates works",
    "signaling-failed": "it blames the signaling",
};

/** What ICE may come to; all else is on the way, or after it. */
const ends = ["connected", "completed", "disconnected", "failed"];

/** How far the clocks of two nodes may be apart, in milliseconds. */
const clocksMs = 1_000;

const comings = ["joined", "resumed", "lost", "left", "closed"];
const descriptions = ["offer", "answer", "description"];

/** @param {PairEvent} event */
const isDescription = (event) => descriptions.includes(event.kind ?? "");

/** @param {Verdict["tone"]} tone @param {string} title @param {...string} notes @returns {Verdict} */
const verdict = (tone, title, ...notes) => ({ tone, title, notes });

/** The story of two peers. */
class Story {
    /**
     * @param {string[]} pair
     * @param {PairEvent[]} events
     */
    constructor(pair, events) {
        this.pair = pair;
        this.events = events;
    }

    /** @param {(event: PairEvent) => boolean} fits */
    last(fits) { return this.events.filter(fits).at(-1); }

    judge() {
        if (this.events.length === 0) {
            return verdict("soft", "No node remembers these two in this room.",
                "They were not here lately, or other rooms have taken the place of its timeline (TIMELINE_ROOMS).");
        }
        const stranger = this.pair.find((peer) => !this.events.some((event) => event.from === peer));
        if (stranger) {
            return verdict("bad", `${stranger} has not been in the room as far as the nodes remember.`,
                ...this.refusedOffer());
        }
        return this.judgeIce() ?? this.judgeSignaling();
    }

    refusedOffer() {
        const nack = this.last((event) => event.what === "nack" && isDescription(event));
        if (!nack) return [];
        return [`The ${kindWords(nack.kind)} of ${nack.from} was not delivered: ${refusals[nack.reason ?? ""] ?? ""}.`];
    }

    /** The last word of a client about its connection, if it is one. */
    judgeIce() {
        const report = this.last((event) => event.what === "ice" && ends.includes(event.state ?? ""));
        if (!report) return null;
        const isOver = this.events.some((event) => event.what === "ice" && event.state === "closed"
            && event.from === report.from && event.at >= report.at);
        const { from, to, state } = report;
        const whom = to ? ` to ${to}` : "";
        const way = report.relayed ? ", over TURN" : "";
        const vague = to ? [] : [`${from} does not say which peer it means.`];
        switch (state) {
        case "connected":
        case "completed":
            return verdict("good", `${from} ${isOver ? "was" : "is"} connected${whom}${way}.`, ...vague);
        case "failed":
            return verdict("bad", `Signals went through, and ICE failed: so ${from} reports.`,
                `Its reason: ${iceReasons[report.reason ?? ""] ?? "none that it could tell"}.`,
                "There was no way between the networks: look at the TURN servers that the peers were given.", ...vague);
        default:
            return verdict("busy", `${from} reports that its connection${whom} is interrupted.`, ...vague);
        }
    }

    judgeSignaling() {
        const opening = this.last((event) => event.what === "sent" && isDescription(event) && event.kind !== "answer")
            ?? this.last((event) => event.what === "sent");
        if (!opening) {
            const refused = this.last((event) => event.what === "refused");
            return refused
                ? verdict("bad", `What ${refused.from} sent was refused: ${refused.reason}.`)
                : verdict("busy", "Both were here, and neither has sent the other anything.");
        }
        const caller = opening.from;
        const callee = this.pair.find((peer) => peer !== caller) ?? "";
        const fate = this.fateOf(opening, caller, callee);
        if (fate) return fate;
        const answer = this.last((event) => event.what === "sent" && event.from === callee && isDescription(event)
            && event.at >= opening.at);
        if (!answer) {
            const title = `${callee} has the ${kindWords(opening.kind)} of ${caller} and has not answered it.`;
            return verdict("busy", title, ...this.whereabouts(callee));
        }
        return this.fateOf(answer, callee, caller) ?? this.judgeSilence();
    }

    /** Everything has arrived, and nobody says more. */
    judgeSilence() {
        const without = this.pair.filter((peer) => !this.events.some((event) =>
            event.what === "sent" && event.from === peer && event.kind === "candidate"));
        return verdict("busy", "Offer and answer have arrived, and no end of ICE was reported.",
            ...without.map((peer) => `${peer} has sent no candidate: they stand in its description, or it found none.`),
            "Clients tell the server with telemetry how ICE ended; these have not.");
    }

    /**
     * What became of a signal; null when it has arrived.
     *
     * @param {PairEvent} signal
     * @param {string} from
     * @param {string} to
     * @returns {Verdict | null}
     */
    fateOf(signal, from, to) {
        const name = `The ${kindWords(signal.kind)} of ${from}`;
        // What another node saw may carry an earlier time, for clocks differ.
        const after = this.events.filter((event) => event.from === from && (event.to === to || !event.to)
            && event.at >= signal.at - (event.node === signal.node ? 0 : clocksMs)
            && (event.kind === signal.kind || event.kind === "other"));
        /** @param {string} what */
        const find = (what) => after.filter((event) => event.what === what).at(-1);
        if (find("undeliverable")) {
            const title = `${name} was not delivered: ${to} did not come back for it.`;
            return verdict("bad", title, ...this.whereabouts(to));
        }
        const nack = find("nack");
        if (nack) {
            const why = refusals[nack.reason ?? ""] ?? "";
            return verdict("bad", `${name} was not delivered: ${why} (${nack.reason}).`, ...this.whereabouts(to));
        }
        const isHanded = find("delivered") !== undefined;
        if (find("received") || find("written") || (isHanded && !signal.reliable)) return null;
        if (isHanded) {
            const title = `${name} was written to the socket of ${to}, which has not confirmed it.`;
            return verdict("busy", title, ...this.whereabouts(to));
        }
        if (find("stored")) {
            return verdict("bad", `${name} waits for ${to}, who has not taken it.`, ...this.whereabouts(to));
        }
        if (signal.reliable) return verdict("busy", `${name} is on its way to ${to}.`);
        return signal.to
            ? verdict("soft", `${name} had no id: nobody is told whether it arrived.`)
            : verdict("bad", `${name} to the whole room reached nobody.`, ...this.whereabouts(to));
    }

    /**
     * Why a peer does not take what is sent to it, if that is known.
     *
     * @param {string} peer
     */
    whereabouts(peer) {
        const last = this.last((event) => event.from === peer && comings.includes(event.what));
        const closed = this.last((event) => event.from === peer && event.what === "closed");
        const isCause = last !== undefined && closed !== undefined && Math.abs(last.at - closed.at) < 2_000;
        const cause = isCause ? ` ${closed.node} had closed its socket: ${closed.code} ${closed.reason}.` : "";
        switch (last?.what) {
        case "lost": return [`${peer} lost its socket and has not come back.${cause}`];
        case "left": return [`${peer} has left the room: ${last.reason}.${cause}`];
        case "closed": return [`The socket of ${peer} was closed by ${last.node}: ${last.code} ${last.reason}.`];
        default: return [];
        }
    }
}

/**
 * Which end the story of two peers has, and why.
 *
 * @param {any} answer of `/admin/rooms/{namespace}/{room}/pairs`
 * @param {PairEvent[]} events its events, merged
 * @returns {Verdict}
 */
export function judge(answer, events) {
    const found = new Story([answer.a, answer.b], events).judge();
    const silent = answer.nodes.filter((/** @type {any} */ node) => !node.answered);
    const missing = silent.map((/** @type {any} */ { name }) => `${name} did not answer: what it saw is missing here.`);
    return { ...found, notes: [...found.notes, ...missing] };
}
