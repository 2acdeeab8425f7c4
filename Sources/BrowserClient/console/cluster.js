// The cluster as the console knows it: which nodes there are, how long their leases last, what they count.

/** How long samples are kept for plots, and nodes that are gone. */
export const plottedMs = 90_000;
const remembranceMs = 600_000;
/** A page that hears nothing from its node knows nothing of leases: it lets them age no longer than this. */
const longestLookMs = 1_500;

/**
 * @typedef {{at: number, value: number}} Sample
 * @typedef {"up" | "silent" | "draining" | "stopped" | "lost"} NodeState
 * @typedef {"received" | "delivered" | "joins" | "leaves"} Counted
 */

/** One node, alive or gone. */
export class ClusterNode {
    /** @param {string} name */
    constructor(name) {
        this.name = name;
        this.instance = "";
        this.version = "";
        this.startedAt = 0;
        this.sockets = 0;
        this.rooms = 0;
        this.redis = "up";
        this.isDraining = false;
        /** Whether it had no lease at the last look, and since when. */
        this.goneAt = 0;
        this.wasDraining = false;
        this.leaseAgeMs = 0;
        this.lookedAt = 0;
        this.roundTripMs = 0;
        /** @type {any} what it counted last */
        this.counters = null;
        /** @type {Record<Counted, number>} per second */
        this.rates = { received: 0, delivered: 0, joins: 0, leaves: 0 };
        /** @type {{sockets: Sample[], received: Sample[], delivered: Sample[]}} */
        this.history = { sockets: [], received: [], delivered: [] };
    }

    /**
     * @param {number} leaseMs
     * @returns {NodeState}
     */
    state(leaseMs) {
        if (this.goneAt) return this.wasDraining ? "stopped" : "lost";
        if (this.leaseAgeMs > leaseMs * 0.3) return "silent";
        return this.isDraining ? "draining" : "up";
    }

    /** @param {number} now */
    ageMs(now) { return this.leaseAgeMs + Math.min(Math.max(0, now - this.lookedAt), longestLookMs); }
}

/** All nodes, in the order of their names. Times are those of one clock that the caller reads. */
export class Cluster {
    constructor() {
        /** @type {Map<string, ClusterNode>} */
        this.nodes = new Map();
        /** The node that answers. */
        this.answering = "";
        this.leaseMs = 5_000;
        /** @type {Map<string, string>} names by instance, also of nodes that are gone */
        this.instances = new Map();
    }

    get sorted() { return [...this.nodes.values()].sort((one, other) => one.name.localeCompare(other.name)); }

    get living() { return this.sorted.filter((node) => !node.goneAt); }

    /** Those that renew their leases. */
    get speaking() { return this.living.filter((node) => node.state(this.leaseMs) !== "silent"); }

    /**
     * Takes in `/admin/nodes`.
     *
     * @param {any} page
     * @param {number} now
     */
    look(page, now) {
        this.answering = page.node;
        this.leaseMs = page.leaseMs;
        /** @type {Map<string, any>} */
        const newest = new Map();
        for (const entry of page.nodes) {
            this.instances.set(entry.instance, entry.name);
            const other = newest.get(entry.name);
            if (!other || entry.startedAt >= other.startedAt) newest.set(entry.name, entry);
        }
        for (const [name, entry] of newest) this.#see(this.#node(name), entry, now);
        for (const node of this.nodes.values()) {
            if (newest.has(node.name)) continue;
            if (!node.goneAt) this.#lose(node, now);
            else if (now - node.goneAt > remembranceMs) this.nodes.delete(node.name);
        }
    }

    /**
     * Takes in what a node counted.
     *
     * @param {any} counters of the event of that name
     * @param {number} now
     */
    count(counters, now) {
        const node = this.#node(counters.node);
        const before = node.counters;
        node.counters = counters;
        node.sockets = counters.sockets;
        node.rooms = counters.rooms;
        node.redis = counters.redis;
        node.roundTripMs = counters.roundTripMs;
        const seconds = before ? (counters.at - before.at) / 1000 : 0;
        if (seconds <= 0 || counters.received < before.received) return;
        for (const name of /** @type {Counted[]} */ (["received", "delivered", "joins", "leaves"])) {
            node.rates[name] = (counters[name] - before[name]) / seconds;
        }
        this.#sample(node.history.received, node.rates.received, now);
        this.#sample(node.history.delivered, node.rates.delivered, now);
        this.#sample(node.history.sockets, node.sockets, now);
    }

    /**
     * @param {Sample[]} samples
     * @param {number} value
     * @param {number} at
     */
    #sample(samples, value, at) {
        samples.push({ at, value });
        while (samples.length > 0 && at - samples[0].at > plottedMs + 2_000) samples.shift();
    }

    /** @param {string} name */
    #node(name) {
        const node = this.nodes.get(name) ?? new ClusterNode(name);
        this.nodes.set(name, node);
        return node;
    }

    /**
     * @param {ClusterNode} node
     * @param {any} entry
     * @param {number} now
     */
    #see(node, entry, now) {
        if (node.startedAt !== entry.startedAt) node.counters = null;
        node.goneAt = 0;
        node.instance = entry.instance;
        node.version = entry.version;
        node.startedAt = entry.startedAt;
        node.isDraining = entry.state === "draining";
        node.leaseAgeMs = entry.leaseAgeMs;
        node.lookedAt = now;
        if (node.counters) return;
        node.sockets = entry.sockets;
        node.rooms = entry.rooms;
        node.redis = entry.redis;
    }

    /**
     * @param {ClusterNode} node
     * @param {number} now
     */
    #lose(node, now) {
        node.goneAt = now;
        node.wasDraining = node.isDraining;
        node.sockets = 0;
        node.rooms = 0;
        node.counters = null;
        node.rates = { received: 0, delivered: 0, joins: 0, leaves: 0 };
    }
}
