// What clients report of their connections: how many attempts succeed, and why the others fail.

import { byId, element, write } from "./dom.js";
import { amount, count } from "./words.js";

/** @typedef {import("./cluster.js").Cluster} Cluster */

/** @type {Record<string, string>} */
const reasons = {
    timeout: "timeout: no pair of candidates answered in time",
    candidatePairFailed: "no pair of candidates works",
    signalingFailed: "the signaling failed",
    unknown: "the client does not know why",
    other: "another reason",
};

/** @param {Cluster} cluster */
export function showIce(cluster) {
    /** @type {Record<string, number>} */
    const sums = {};
    for (const node of cluster.living) {
        for (const [name, number] of Object.entries(node.counters?.ice ?? {})) sums[name] = (sums[name] ?? 0) + number;
    }
    const succeeded = sums.succeeded ?? 0;
    const failed = sums.failed ?? 0;
    const ended = succeeded + failed;
    write(byId("ice-ratio"), ended ? `${((100 * succeeded) / ended).toFixed(ended < 1000 ? 0 : 1)} %` : "–");
    byId("ice-bar").style.setProperty("--share", String(ended ? succeeded / ended : 0));
    byId("ice-bar").toggleAttribute("data-empty", ended === 0);
    write(byId("ice-words"), ended === 0
        ? "No client has reported the end of an attempt to connect."
        : `${amount(ended, "attempt")} ended: ${count(succeeded)} connected, ${count(failed)} failed. `
            + `${amount(sums.relayed ?? 0, "report")} of a pair over TURN.`);
    const list = Object.entries(reasons).filter(([name]) => sums[name] > 0);
    list.sort(([one], [other]) => sums[other] - sums[one]);
    const most = Math.max(1, ...list.map(([name]) => sums[name]));
    const rows = list.map(([name, words]) => {
        const bar = element("span", { class: "bar", "aria-hidden": "true" });
        bar.style.setProperty("--share", String(sums[name] / most));
        return element("li", {}, element("span", { text: words }), element("b", { text: count(sums[name]) }), bar);
    });
    byId("ice-reasons").replaceChildren(...rows);
}
