// The latest events of the cluster, filtered, and held still on demand.

import { byId, element, write } from "./dom.js";
import { eventLine } from "./event-words.js";
import { amount, clock } from "./words.js";

/** @typedef {import("./event-stream.js").ServerEvent} ServerEvent */
/** @typedef {import("./event-words.js").EventLine & {at: number, node: string}} Kept */

const kept = 1_000;
const shown = 200;

/** The panel of events. */
export class EventList {
    /** @type {Kept[]} newest first */
    #events = [];
    /** @type {Kept[]} newest first */
    #fresh = [];
    #isPaused = false;
    #isDrawing = false;

    /** @param {(instance: string) => string} nameOf */
    constructor(nameOf) {
        this.nameOf = nameOf;
        this.list = byId("events");
        this.filter = /** @type {HTMLInputElement} */ (byId("event-filter"));
        this.pauseButton = byId("event-pause");
        this.groups = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll("[name=event-group]")]);
        this.filter.oninput = () => this.#redraw();
        for (const group of this.groups) group.onchange = () => this.#redraw();
        this.pauseButton.onclick = () => this.#pause(!this.#isPaused);
    }

    /** @param {ServerEvent} event */
    add(event) {
        const line = eventLine(event, this.nameOf);
        if (!line) return;
        this.#fresh.unshift({ ...line, at: event.data.at ?? Date.now(), node: event.data.node ?? "" });
        if (this.#fresh.length > kept) this.#fresh.length = kept;
        if (this.#isDrawing) return;
        this.#isDrawing = true;
        requestAnimationFrame(() => this.#draw());
    }

    clear() {
        this.#events = [];
        this.#fresh = [];
        this.#redraw();
    }

    /** @param {boolean} isPaused */
    #pause(isPaused) {
        this.#isPaused = isPaused;
        this.pauseButton.setAttribute("aria-pressed", String(isPaused));
        this.#draw();
    }

    #draw() {
        this.#isDrawing = false;
        const waiting = this.#fresh.length > 0 ? ` (${this.#fresh.length})` : "";
        write(this.pauseButton, this.#isPaused ? `Go on${waiting}` : "Pause");
        if (this.#isPaused) return;
        const isLookingAtTop = this.list.scrollTop < 8;
        const rows = this.#fresh.filter((event) => this.#isWanted(event)).slice(0, shown);
        this.#events = [...this.#fresh, ...this.#events].slice(0, kept);
        this.#fresh = [];
        this.list.prepend(...rows.map((event) => this.#row(event)));
        while (this.list.children.length > shown) this.list.lastElementChild?.remove();
        if (isLookingAtTop) this.list.scrollTop = 0;
        this.#showEmpty();
    }

    #redraw() {
        const rows = this.#events.filter((event) => this.#isWanted(event)).slice(0, shown);
        this.list.replaceChildren(...rows.map((event) => this.#row(event)));
        this.#showEmpty();
    }

    #showEmpty() {
        byId("events-empty").hidden = this.list.children.length > 0;
        write(byId("events-count"), amount(this.#events.length, "event"));
    }

    /** @param {Kept} event */
    #isWanted(event) {
        const isOn = this.groups.some((group) => group.value === event.group && group.checked);
        return isOn && event.search.includes(this.filter.value.trim().toLowerCase());
    }

    /** @param {Kept} event */
    #row(event) {
        return element("li", { data: { tone: event.tone, group: event.group } },
            element("time", { text: clock(event.at) }),
            element("span", { class: "what", text: event.text }),
            event.group === "nodes" ? null : element("span", { class: "where", text: event.node }));
    }
}
