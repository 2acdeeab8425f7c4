// The console: signs in, keeps the parts up to date, and goes on trying when the node is away.

import { AdminApi, AdminError } from "./admin-api.js";
import { Cluster } from "./cluster.js";
import { announce, confirmAction } from "./dialogs.js";
import { byId, write } from "./dom.js";
import { EventList } from "./event-list.js";
import { EventStream } from "./event-stream.js";
import { showIce } from "./ice-panel.js";
import { NodeCards, showTotals } from "./node-cards.js";
import { PairView } from "./pair-view.js";
import { RoomBrowser } from "./room-browser.js";
import { RoomDetail } from "./room-detail.js";

/** Kept until the tab is closed, and nowhere else. */
const tokenKey = "console.token";
const lookMs = 1_000;
const roomsMs = 4_000;

/** Everything that lives from the sign-in to the sign-out. */
class Console {
    #cluster = new Cluster();
    #isOver = false;
    /** @type {ReturnType<typeof setInterval>[]} */
    #timers = [];

    /**
     * @param {AdminApi} api
     * @param {(reason: string) => void} end
     */
    constructor(api, end) {
        this.api = api;
        this.end = end;
        this.cards = new NodeCards(byId("nodes"), (node, isDraining) => this.#drain(node, isDraining));
        this.events = new EventList((instance) => this.#cluster.instances.get(instance) ?? "a dead node");
        const fail = (/** @type {unknown} */ error) => this.#fail(error);
        this.rooms = new RoomBrowser(api, (namespace, room) => this.openRoom(namespace, room), fail);
        this.detail = new RoomDetail(api, (peer) => this.pair.choose(peer), fail);
        this.pair = new PairView(api, () => this.detail);
        this.stream = new EventStream(api, "/admin/events", (event) => this.#hear(event),
            (state, retryMs) => this.#showStream(state, retryMs));
        byId("room-back").onclick = () => this.closeRoom();
    }

    start() {
        this.stream.start();
        this.#look();
        this.rooms.refresh();
        this.#timers = [
            setInterval(() => this.#look(), lookMs), setInterval(() => this.#show(), 500),
            setInterval(() => this.#lookAtRooms(), roomsMs),
        ];
    }

    stop() {
        this.#isOver = true;
        this.stream.stop();
        for (const timer of this.#timers) clearInterval(timer);
        this.cards.clear();
        this.closeRoom();
    }

    /**
     * @param {string} namespace
     * @param {string} room
     */
    openRoom(namespace, room) {
        this.pair.clear();
        byId("room-list").hidden = true;
        byId("room-detail").hidden = false;
        this.detail.show(namespace, room);
        byId("room-back").focus();
    }

    closeRoom() {
        this.detail.hide();
        byId("room-list").hidden = false;
        byId("room-detail").hidden = true;
        if (!this.#isOver) this.rooms.refresh();
    }

    #isLooking = false;
    #looks = 0;

    async #look() {
        this.#looks += 1;
        // Nobody sees a hidden page; it keeps up all the same.
        if (this.#isLooking || (document.hidden && this.#looks % 10 !== 0)) return;
        this.#isLooking = true;
        try {
            this.#cluster.look(await this.api.get("/admin/nodes"), performance.now());
            if (!this.#isOver) showTrouble("");
        } catch (error) {
            this.#fail(error);
        }
        this.#isLooking = false;
        this.#show();
    }

    #lookAtRooms() {
        if (document.hidden) return;
        if (this.detail.isOpen) this.detail.refresh();
        else this.rooms.refresh();
    }

    /** @param {import("./event-stream.js").ServerEvent} event */
    #hear(event) {
        if (event.name === "counters") this.#cluster.count(event.data, performance.now());
        else this.events.add(event);
    }

    #show() {
        if (this.#isOver) return;
        this.cards.show(this.#cluster, performance.now());
        showTotals(byId("totals"), this.#cluster);
        showIce(this.#cluster);
    }

    /** @param {unknown} error */
    #fail(error) {
        if (this.#isOver) return;
        if (error instanceof AdminError && error.isRefusal) return this.end("The node does not take this token.");
        if (error instanceof AdminError && error.status === 0) {
            const name = this.#cluster.answering || "The node that serves this page";
            return showTrouble(`${name} does not answer. What you see is from before; trying again …`);
        }
        showTrouble(error instanceof Error ? error.message : String(error));
    }

    /**
     * @param {import("./event-stream.js").StreamState} state
     * @param {number} retryMs
     */
    #showStream(state, retryMs) {
        if (this.#isOver) return;
        const words = {
            connecting: "connecting …", open: "live", refused: "refused",
            waiting: `no stream, again in ${Math.ceil(retryMs / 1000)} s`,
        };
        byId("stream").dataset.state = state;
        write(byId("stream-words"), words[state]);
        if (state === "refused") this.end("The node does not take this token.");
    }

    /**
     * @param {string} node
     * @param {boolean} isDraining
     */
    async #drain(node, isDraining) {
        const answer = await confirmAction(isDraining ? {
            title: `Drain ${node}?`, action: "Drain",
            text: "It takes no new peers, and balancers are told to send them elsewhere. The peers that it has stay.",
        } : { title: `Take ${node} back?`, action: "Undrain", text: "It takes new peers again." });
        if (!answer) return;
        try {
            await this.api.post(`/admin/nodes/${encodeURIComponent(node)}/${isDraining ? "drain" : "undrain"}`);
            announce(`Done: ${node} ${isDraining ? "drains" : "takes peers again"}.`, "good");
        } catch (error) {
            announce(`Not done: ${/** @type {Error} */ (error).message}`, "bad");
        }
        this.#look();
    }
}

/** @param {string} text empty = none */
function showTrouble(text) {
    const place = byId("trouble");
    byId("board").toggleAttribute("data-stale", text !== "");
    write(place, text);
    place.hidden = text === "";
}

/** @type {Console | null} */
let open = null;

/** @param {string} token */
function signIn(token) {
    sessionStorage.setItem(tokenKey, token);
    byId("sign-in").hidden = true;
    byId("board").hidden = false;
    byId("sign-out").hidden = false;
    byId("stream").hidden = false;
    open = new Console(new AdminApi(token), signOut);
    open.start();
}

/** @param {string} reason */
function signOut(reason) {
    sessionStorage.removeItem(tokenKey);
    open?.stop();
    open = null;
    showTrouble("");
    byId("board").hidden = true;
    byId("sign-out").hidden = true;
    byId("stream").hidden = true;
    byId("sign-in").hidden = false;
    write(byId("sign-in-trouble"), reason);
    byId("token").focus();
}

byId("sign-in-form").onsubmit = (event) => {
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (byId("token"));
    const token = field.value.trim();
    field.value = "";
    write(byId("sign-in-trouble"), "");
    if (token) signIn(token);
};
byId("confirm-form").onsubmit = (event) => {
    event.preventDefault();
    /** @type {HTMLDialogElement} */ (byId("confirm")).close("yes");
};
byId("confirm-no").onclick = () => /** @type {HTMLDialogElement} */ (byId("confirm")).close("");
byId("sign-out").onclick = () => signOut("");

const known = sessionStorage.getItem(tokenKey);
if (known) signIn(known);
else byId("token").focus();
