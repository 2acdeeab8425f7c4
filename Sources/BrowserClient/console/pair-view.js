// The question why two peers did not connect: a verdict in words, and what happened, step by step.

import { roomPath } from "./admin-api.js";
import { byId, element, write } from "./dom.js";
import { kindWords, mergeEvents } from "./pair-events.js";
import { judge } from "./pair-story.js";
import { exactClock } from "./words.js";

/** @typedef {import("./admin-api.js").AdminApi} AdminApi */
/** @typedef {import("./pair-events.js").PairEvent} PairEvent */

/** @type {Record<string, (event: PairEvent) => string>} */
const sentences = {
    joined: (event) => `joined on ${event.node}${event.dialect === 1 ? " (dialect 1)" : ""}`,
    resumed: (event) => `came back to its session on ${event.node}`,
    lost: () => "lost its socket, may come back",
    left: (event) => `left (${event.reason})`,
    closed: (event) => `socket closed by ${event.node}: ${event.code} ${event.reason}`,
    sent: (event) => `${kindWords(event.kind)} sent${event.to ? "" : " to the room"}`,
    refused: (event) => `what it sent was refused: ${event.reason}`,
    delivered: (event) => `${kindWords(event.kind)} delivered${event.to ? "" : ` to peers of ${event.node}`}`,
    stored: (event) => `${kindWords(event.kind)} stored for the receiver`,
    received: (event) => `${kindWords(event.kind)} confirmed by the receiver`,
    written: (event) => `${kindWords(event.kind)} written to a client that cannot confirm`,
    nack: (event) => `${kindWords(event.kind)} refused: ${event.reason}`,
    undeliverable: (event) => `${kindWords(event.kind)} could not be delivered`,
    ice: (event) => ["ICE", event.state, event.reason && `(${event.reason})`, event.relayed && "over TURN"]
        .filter(Boolean).join(" "),
};

/** @type {Record<string, string>} */
const tones = {
    nack: "bad", undeliverable: "bad", refused: "bad", closed: "busy", lost: "busy", left: "soft", received: "good",
    joined: "good", resumed: "good",
};

/** The panel of the question. */
export class PairView {
    #asked = 0;
    /** Which of the two fields the next chosen peer goes to. */
    #turn = 0;

    /**
     * @param {AdminApi} api
     * @param {() => {namespace: string, room: string}} where
     */
    constructor(api, where) {
        this.api = api;
        this.where = where;
        this.fields = [byId("pair-a"), byId("pair-b")].map((field) => /** @type {HTMLInputElement} */ (field));
        byId("pair").onsubmit = (event) => {
            event.preventDefault();
            this.ask();
        };
        byId("pair-swap").onclick = () => {
            [this.fields[0].value, this.fields[1].value] = [this.fields[1].value, this.fields[0].value];
        };
    }

    clear() {
        this.#asked += 1;
        this.#turn = 0;
        for (const field of this.fields) field.value = "";
        byId("story").hidden = true;
    }

    /** @param {string} peer */
    choose(peer) {
        const [one, other] = this.fields;
        if (one.value === peer || other.value === peer) return;
        const place = !one.value ? one : !other.value ? other : this.fields[this.#turn++ % 2];
        place.value = peer;
        if (one.value && other.value) this.ask();
    }

    async ask() {
        const asked = ++this.#asked;
        const [a, b] = this.fields.map((field) => field.value.trim());
        const { namespace, room } = this.where();
        if (!a || !b) return;
        try {
            const answer = await this.api.get(`${roomPath(namespace, room)}/pairs?${new URLSearchParams({ a, b })}`);
            if (asked === this.#asked) this.#show(answer);
        } catch (error) {
            if (asked !== this.#asked) return;
            this.#showVerdict("bad", /** @type {Error} */ (error).message, []);
            byId("steps").replaceChildren();
        }
    }

    /** @param {any} answer */
    #show(answer) {
        const events = mergeEvents(answer);
        const { tone, title, notes } = judge(answer, events);
        this.#showVerdict(tone, title, notes);
        byId("steps").replaceChildren(...events.map((event) => this.#step(event, answer.a, events[0].at)));
    }

    /**
     * @param {string} tone
     * @param {string} title
     * @param {string[]} notes
     */
    #showVerdict(tone, title, notes) {
        byId("story").hidden = false;
        byId("verdict").dataset.tone = tone;
        write(byId("verdict-title"), title);
        byId("verdict-notes").replaceChildren(...notes.map((text) => element("p", { text })));
    }

    /**
     * @param {PairEvent} event
     * @param {string} left the peer on the left side
     * @param {number} start
     */
    #step(event, left, start) {
        const times = (event.count ?? 1) > 1 ? element("b", { class: "times", text: `×${event.count}` }) : null;
        const isOver = event.until !== undefined && event.until > event.at;
        const isOnItsWay = event.to || event.what === "sent" || event.what === "delivered";
        const arrow = isOnItsWay ? (event.from === left ? "→" : "←") : "";
        const sentence = sentences[event.what]?.(event) ?? event.what;
        const words = element("span", { class: "words" }, sentence, times && " ", times,
            isOver && ` over ${(((event.until ?? 0) - event.at) / 1000).toFixed(1)} s`);
        return element("li", { data: { side: event.from === left ? "a" : "b", tone: tones[event.what] ?? "soft" } },
            element("time", { text: exactClock(event.at), title: `+${((event.at - start) / 1000).toFixed(3)} s` }),
            element("span", { class: "who", text: event.from }),
            element("span", { class: "arrow", "aria-hidden": "true", text: arrow }),
            words, element("span", { class: "where", text: event.node }));
    }
}
