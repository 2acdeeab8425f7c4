// A small plot of the last while that slides to the left; drawn as SVG.

import { plottedMs } from "./cluster.js";

/** @typedef {import("./cluster.js").Sample} Sample */

const svg = "http://www.w3.org/2000/svg";
const width = 120;
const height = 32;
/** Samples that are farther apart have nothing to do with each other: the node was away. */
const gapMs = 5_000;

/**
 * The runs of samples without a gap.
 *
 * @param {Sample[]} samples
 */
function runsOf(samples) {
    /** @type {Sample[][]} */
    const runs = [];
    samples.forEach((sample, index) => {
        const isNear = index > 0 && sample.at - samples[index - 1].at <= gapMs;
        if (isNear) runs[runs.length - 1].push(sample);
        else runs.push([sample]);
    });
    return runs.filter((run) => run.length > 1);
}

/** One plot of one or two lines over a common scale. */
export class Sparkline {
    /** @type {{area: SVGPathElement, line: SVGPathElement}[]} */
    #lines = [];

    /**
     * @param {string[]} classes one per line, the first has an area below it
     * @param {string} label for those who do not see it
     */
    constructor(classes, label) {
        this.element = document.createElementNS(svg, "svg");
        this.element.setAttribute("viewBox", `0 0 ${width} ${height}`);
        this.element.setAttribute("preserveAspectRatio", "none");
        this.element.setAttribute("class", "sparkline");
        this.element.setAttribute("role", "img");
        this.element.setAttribute("aria-label", label);
        for (const name of classes) {
            const area = this.#path(`area ${name}`);
            const line = this.#path(`line ${name}`);
            this.#lines.push({ area, line });
        }
    }

    /**
     * @param {Sample[][]} series as many as there are lines
     * @param {number} now
     */
    draw(series, now) {
        const most = Math.max(1, ...series.flatMap((samples) => samples.map((sample) => sample.value)));
        /** @param {Sample} sample */
        const x = (sample) => (width * (1 - (now - sample.at) / plottedMs)).toFixed(1);
        /** @param {Sample} sample */
        const y = (sample) => (height - 1 - (height - 3) * (sample.value / most)).toFixed(1);
        series.forEach((samples, index) => {
            let line = "";
            let area = "";
            for (const run of runsOf(samples)) {
                const path = `M${run.map((sample) => `${x(sample)} ${y(sample)}`).join("L")}`;
                line += path;
                area += `${path}L${x(run[run.length - 1])} ${height}L${x(run[0])} ${height}Z`;
            }
            this.#lines[index].line.setAttribute("d", line);
            this.#lines[index].area.setAttribute("d", index === 0 ? area : "");
        });
    }

    /** @param {string} name */
    #path(name) {
        const path = document.createElementNS(svg, "path");
        path.setAttribute("class", name);
        path.setAttribute("vector-effect", "non-scaling-stroke");
        this.element.append(path);
        return path;
    }
}
