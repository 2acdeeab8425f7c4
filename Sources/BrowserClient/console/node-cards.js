// One card for each node: whether it lives, how long its lease lasts, what it carries.

import { element, write } from "./dom.js";
import { Sparkline } from "./sparkline.js";
import { count, duration, rate } from "./words.js";

/** @typedef {import("./cluster.js").Cluster} Cluster */
/** @typedef {import("./cluster.js").ClusterNode} ClusterNode */
/** @typedef {import("./cluster.js").NodeState} NodeState */

/** @type {Record<NodeState, string>} */
const stateWords = {
    up: "up", silent: "silent", draining: "draining", stopped: "stopped", lost: "lost",
};

/** The card of one node. */
class NodeCard {
    /**
     * @param {string} name
     * @param {(node: string, isDraining: boolean) => void} drain
     */
    constructor(name, drain) {
        this.pill = element("span", { class: "pill" });
        this.note = element("span", { class: "note" });
        this.fill = element("span", { class: "lease-fill" });
        this.lease = element("span", { class: "lease-words" });
        this.facts = new Map(["sockets", "rooms", "messages"].map((fact) => [fact, element("dd")]));
        this.load = new Sparkline(["in", "out"], `Messages of ${name} lately`);
        this.sockets = new Sparkline(["sockets"], `Sockets of ${name} lately`);
        this.foot = element("p", { class: "foot" });
        this.isDraining = false;
        this.button = element("button", {
            type: "button", class: "small", on: { click: () => drain(name, !this.isDraining) },
        });
        this.element = element("article", { class: "card node", "aria-label": name, data: { node: name } },
            element("header", {}, element("h3", { text: name }), this.pill, this.note, this.button),
            element("div", { class: "lease" },
                element("span", { class: "lease-track", "aria-hidden": "true" }, this.fill), this.lease),
            element("dl", {}, ...[...this.facts].map(([fact, value]) =>
                element("div", {}, element("dt", { text: fact === "messages" ? "messages/s" : fact }), value))),
            element("div", { class: "plots" },
                element("figure", {}, this.sockets.element, element("figcaption", { text: "sockets" })),
                element("figure", {}, this.load.element, element("figcaption", {},
                    element("span", { class: "key in", text: "in" }), " ",
                    element("span", { class: "key out", text: "delivered" }), " per second"))),
            this.foot);
    }

    /**
     * @param {ClusterNode} node
     * @param {Cluster} cluster
     * @param {number} now
     */
    show(node, cluster, now) {
        const state = node.state(cluster.leaseMs);
        this.element.dataset.state = state;
        write(this.pill, stateWords[state]);
        write(this.note, node.name === cluster.answering ? "answers this page" : "");
        this.#showLease(node, state, cluster.leaseMs, now);
        write(/** @type {Element} */ (this.facts.get("sockets")), count(node.sockets));
        write(/** @type {Element} */ (this.facts.get("rooms")), count(node.rooms));
        write(/** @type {Element} */ (this.facts.get("messages")),
            node.counters ? `${rate(node.rates.received)} → ${rate(node.rates.delivered)}` : "–");
        const { sockets, received, delivered } = node.history;
        this.sockets.draw([sockets], now);
        this.load.draw([received, delivered], now);
        write(this.foot, this.#footOf(node, state, now));
        this.isDraining = state === "draining";
        write(this.button, this.isDraining ? "Undrain" : "Drain");
        this.button.setAttribute("aria-label", `${this.button.textContent} ${node.name}`);
        this.button.disabled = node.goneAt > 0 || state === "silent";
        this.button.title = this.button.disabled ? "This node does not answer" : "";
    }

    /**
     * @param {ClusterNode} node
     * @param {NodeState} state
     * @param {number} leaseMs
     * @param {number} now
     */
    #showLease(node, state, leaseMs, now) {
        const left = node.goneAt ? 0 : Math.max(0, leaseMs - node.ageMs(now));
        this.fill.style.setProperty("--left", String(left / leaseMs));
        const words = node.goneAt
            ? `gone for ${duration(now - node.goneAt)}`
            : state === "silent" ? `silent, lease ends in ${duration(left)}` : `lease ${duration(left)}`;
        write(this.lease, words);
    }

    /**
     * @param {ClusterNode} node
     * @param {NodeState} state
     * @param {number} now
     */
    #footOf(node, state, now) {
        if (state === "lost") return "Its lease ran out; others sweep its rooms.";
        if (state === "stopped") return "It drained and stopped.";
        const parts = [`Redis ${node.redis}${node.roundTripMs ? ` · ${node.roundTripMs.toFixed(1)} ms` : ""}`];
        if (node.version) parts.push(`version ${node.version}`);
        if (node.startedAt) parts.push(`up for ${duration(Date.now() - node.startedAt)}`);
        return parts.join(" · ");
    }
}

/** All cards. */
export class NodeCards {
    /** @type {Map<string, NodeCard>} */
    #cards = new Map();

    /**
     * @param {HTMLElement} place
     * @param {(node: string, isDraining: boolean) => void} drain
     */
    constructor(place, drain) {
        this.place = place;
        this.drain = drain;
    }

    /**
     * @param {Cluster} cluster
     * @param {number} now
     */
    show(cluster, now) {
        const nodes = cluster.sorted;
        for (const [name, card] of this.#cards) {
            if (cluster.nodes.has(name)) continue;
            card.element.remove();
            this.#cards.delete(name);
        }
        nodes.forEach((node, index) => {
            let card = this.#cards.get(node.name);
            if (!card) {
                card = new NodeCard(node.name, this.drain);
                this.#cards.set(node.name, card);
                this.place.insertBefore(card.element, this.place.children[index] ?? null);
            }
            card.show(node, cluster, now);
        });
    }

    clear() {
        for (const card of this.#cards.values()) card.element.remove();
        this.#cards.clear();
    }
}

/**
 * The line above the cards: the cluster in a few numbers.
 *
 * @param {HTMLElement} place
 * @param {Cluster} cluster
 */
export function showTotals(place, cluster) {
    const living = cluster.speaking;
    const gone = cluster.nodes.size - cluster.living.length;
    const silent = cluster.living.length - living.length;
    const notes = [silent > 0 && `${silent} silent`, gone > 0 && `${gone} gone`].filter(Boolean);
    /** @param {(node: ClusterNode) => number} part */
    const sum = (part) => living.reduce((total, node) => total + part(node), 0);
    const down = living.filter((node) => node.redis !== "up" && node.redis !== "none");
    const slowest = Math.max(0, ...living.map((node) => node.roundTripMs));
    /** @type {Record<string, string>} */
    const texts = {
        nodes: count(living.length),
        "nodes-note": notes.join(", ") || "all there",
        sockets: count(sum((node) => node.sockets)),
        "sockets-note": `+${rate(sum((node) => node.rates.joins))} −${rate(sum((node) => node.rates.leaves))} /s`,
        messages: rate(sum((node) => node.rates.received)),
        "messages-note": `${rate(sum((node) => node.rates.delivered))} delivered /s`,
        backplane: down.length === 0 ? "up" : down[0].redis,
        "backplane-note": down.map((node) => node.name).join(", ") || `slowest ${slowest.toFixed(1)} ms`,
    };
    for (const [name, text] of Object.entries(texts)) {
        const part = place.querySelector(`[data-total="${name}"]`);
        if (part) write(part, text);
    }
    place.querySelector("[data-part=nodes]")?.toggleAttribute("data-bad", notes.length > 0);
    place.querySelector("[data-part=backplane]")?.toggleAttribute("data-bad", down.length > 0);
}
