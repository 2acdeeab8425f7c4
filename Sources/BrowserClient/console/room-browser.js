// The rooms of the whole cluster by prefix, page by page.

import { byId, element, write } from "./dom.js";
import { amount } from "./words.js";

/** @typedef {import("./admin-api.js").AdminApi} AdminApi */

const pageSize = 25;

/** The list of rooms. */
export class RoomBrowser {
    /** Cursors of the pages up to the present one; the first page has none. */
    #cursors = [""];
    /** @type {string | null} */
    #next = null;
    #asked = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #typing;

    /**
     * @param {AdminApi} api
     * @param {(namespace: string, room: string) => void} open
     * @param {(error: unknown) => void} fail
     */
    constructor(api, open, fail) {
        this.api = api;
        this.open = open;
        this.fail = fail;
        this.list = byId("rooms");
        this.prefix = /** @type {HTMLInputElement} */ (byId("room-prefix"));
        this.back = /** @type {HTMLButtonElement} */ (byId("rooms-back"));
        this.forth = /** @type {HTMLButtonElement} */ (byId("rooms-forth"));
        this.prefix.oninput = () => {
            clearTimeout(this.#typing);
            this.#typing = setTimeout(() => this.#turn([""]), 250);
        };
        this.back.onclick = () => this.#turn(this.#cursors.slice(0, -1));
        this.forth.onclick = () => { if (this.#next) this.#turn([...this.#cursors, this.#next]); };
    }

    /** Reads the present page again. */
    async refresh() {
        const asked = ++this.#asked;
        const query = new URLSearchParams({ prefix: this.prefix.value.trim(), limit: String(pageSize) });
        const cursor = this.#cursors.at(-1);
        if (cursor) query.set("cursor", cursor);
        try {
            const page = await this.api.get(`/admin/rooms?${query}`);
            if (asked === this.#asked) this.#show(page);
        } catch (error) {
            if (asked === this.#asked) this.fail(error);
        }
    }

    /** @param {string[]} cursors */
    #turn(cursors) {
        this.#cursors = cursors.length > 0 ? cursors : [""];
        this.refresh();
    }

    /** @param {any} page */
    #show(page) {
        this.#next = page.cursor;
        const focused = document.activeElement?.closest("#rooms [data-room]")?.getAttribute("data-room");
        this.list.replaceChildren(...page.rooms.map((/** @type {any} */ room) => this.#row(room)));
        if (focused) this.list.querySelector(`[data-room="${CSS.escape(focused)}"]`)?.querySelector("button")?.focus();
        byId("rooms-empty").hidden = page.rooms.length > 0;
        this.back.disabled = this.#cursors.length < 2;
        this.forth.disabled = !this.#next;
        write(byId("rooms-page"), `page ${this.#cursors.length}`);
    }

    /** @param {any} room */
    #row(room) {
        const name = `${room.namespace}::${room.room}`;
        return element("li", { data: { room: name } },
            element("button", { type: "button", class: "row", on: {
                click: () => this.open(room.namespace, room.room),
            } },
                element("span", { class: "room-name" },
                    element("span", { class: "namespace", text: `${room.namespace} / ` }), room.room),
                room.kind === "public" ? null : element("span", { class: "tag", text: room.kind }),
                element("span", { class: "peers", text: amount(room.peers, "peer") }),
                element("span", { class: "nodes", text: room.nodes.join(", ") })));
    }
}
