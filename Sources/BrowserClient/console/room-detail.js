// One room: who is in it and on which node, and what a moderator may do there.

import { roomPath } from "./admin-api.js";
import { announce, confirmAction } from "./dialogs.js";
import { byId, element, write } from "./dom.js";
import { amount, duration } from "./words.js";

/** @typedef {import("./admin-api.js").AdminApi} AdminApi */
/** @typedef {import("./dialogs.js").Question} Question */
/** @typedef {"kick" | "mute" | "unmute" | "ban" | "unban" | "close" | "open"} Verb */

/** @type {Record<Verb, (target: string) => Question>} */
const questions = {
    kick: (peer) => ({
        title: `Kick ${peer}?`, action: "Kick", hasReason: true,
        text: "The peer leaves the room at once and cannot resume its session. It may join again.",
    }),
    mute: (peer) => ({
        title: `Mute ${peer}?`, action: "Mute", hasReason: true, hasEnd: true,
        text: "What the peer sends is refused; it still reads.",
    }),
    ban: (peer) => ({
        title: `Ban ${peer}?`, action: "Ban", hasReason: true, hasEnd: true,
        text: "The peer leaves and cannot join under this name. Without a token it may come back under another one.",
    }),
    unmute: (peer) => ({
        title: "Give the word back", action: "Unmute", field: { label: "Peer", value: peer }, text: "Lifts a mute.",
    }),
    unban: (peer) => ({
        title: "Let in again", action: "Unban", field: { label: "Peer", value: peer }, text: "Lifts a ban.",
    }),
    close: (room) => ({
        title: `Close ${room}?`, action: "Close the room", hasReason: true, hasEnd: true,
        text: "Everybody leaves, and nobody joins until it is opened again.",
    }),
    open: (room) => ({ title: `Open ${room}?`, action: "Open the room", text: "Peers may join again." }),
};

/** The panel of one room. */
export class RoomDetail {
    namespace = "";
    room = "";
    /** @type {string[]} */
    peers = [];

    /**
     * @param {AdminApi} api
     * @param {(peer: string) => void} choose takes a peer into the question about a pair
     * @param {(error: unknown) => void} fail
     */
    constructor(api, choose, fail) {
        this.api = api;
        this.choose = choose;
        this.fail = fail;
        for (const verb of /** @type {Verb[]} */ (["close", "open", "unmute", "unban"])) {
            byId(`room-${verb}`).onclick = () => {
                const target = verb === "close" || verb === "open" ? `${this.namespace}/${this.room}` : "";
                this.act(verb, target);
            };
        }
    }

    get isOpen() { return this.room !== ""; }

    /**
     * @param {string} namespace
     * @param {string} room
     */
    async show(namespace, room) {
        this.namespace = namespace;
        this.room = room;
        write(byId("room-title"), `${namespace} / ${room}`);
        byId("members").replaceChildren();
        await this.refresh();
    }

    hide() { this.room = ""; }

    async refresh() {
        const { namespace, room } = this;
        try {
            const page = await this.api.get(roomPath(namespace, room));
            if (namespace === this.namespace && room === this.room) this.#show(page);
        } catch (error) {
            if (namespace === this.namespace && room === this.room) this.fail(error);
        }
    }

    /**
     * Asks, does it, and says what came of it.
     *
     * @param {Verb} verb
     * @param {string} target
     */
    async act(verb, target) {
        const answer = await confirmAction(questions[verb](target));
        if (!answer) return;
        const { field, ...body } = answer;
        const peer = verb === "close" || verb === "open" ? {} : { peerId: field ?? target };
        try {
            const outcome = await this.api.post(`${roomPath(this.namespace, this.room)}/${verb}`, { ...body, ...peer });
            const isNobody = verb === "kick" && outcome.applied === 0;
            announce(isNobody ? `${target} was not there any more.` : `Done: ${verb} ${field ?? target}.`
                + (outcome.pending ? " Other nodes follow when Redis is back." : ""), isNobody ? "bad" : "good");
        } catch (error) {
            announce(`Not done: ${/** @type {Error} */ (error).message}`, "bad");
        }
        await this.refresh();
    }

    /** @param {any} page */
    #show(page) {
        this.peers = page.members.map((/** @type {any} */ member) => member.peerId);
        write(byId("room-facts"), `${amount(page.peers, "peer")} · ${page.kind} room`);
        const focused = document.activeElement?.getAttribute("data-key");
        byId("members").replaceChildren(...page.members.map((/** @type {any} */ member) => this.#row(member)));
        if (focused) {
            const again = document.querySelector(`[data-key="${CSS.escape(focused)}"]`);
            if (again instanceof HTMLElement) again.focus();
        }
        byId("members-empty").hidden = page.members.length > 0;
        const options = this.peers.map((peer) => element("option", { value: peer }));
        byId("pair-peers").replaceChildren(...options);
    }

    /** @param {any} member */
    #row(member) {
        const peer = member.peerId;
        /** @param {Verb} verb @param {string} word */
        const button = (verb, word) => element("button", {
            type: "button", class: "small danger", "aria-label": `${word} ${peer}`,
            data: { key: `${verb}:${peer}`, verb }, on: { click: () => this.act(verb, peer) }, text: word,
        });
        return element("tr", { data: { peer } },
            element("th", { scope: "row" }, element("button", {
                type: "button", class: "link", text: peer, title: "Take into the question below",
                data: { key: `peer:${peer}` }, on: { click: () => this.choose(peer) },
            })),
            element("td", { text: member.node }),
            element("td", { class: "optional", text: duration(Date.now() - member.since) }),
            element("td", { class: "optional", text: `${member.dialect}` }),
            element("td", {}, member.away ? element("span", { class: "tag busy", text: "away" }) : "connected"),
            element("td", { class: "actions" }, button("kick", "Kick"), button("mute", "Mute"), button("ban", "Ban")));
    }
}
