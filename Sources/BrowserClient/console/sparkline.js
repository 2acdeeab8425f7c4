// A small plot of the last two minutes that slides to the left; drawn as SVG.

import { plottedMs } from "./cluster.js";

/** @typedef {import("./cluster.js").Sample} Sample */

const svg = "http://www.w3.org/2000/svg";
const width = 120;
const height = 32;

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
        series.forEach((samples, index) => {
            const points = samples.map((sample) => {
                const x = width * (1 - (now - sample.at) / plottedMs);
                const y = height - 1 - (height - 3) * (sample.value / most);
                return `${x.toFixed(1)} ${y.toFixed(1)}`;
            });
            const path = points.length > 1 ? `M${points.join("L")}` : "";
            this.#lines[index].line.setAttribute("d", path);
            const first = points[0]?.split(" ")[0];
            const last = points.at(-1)?.split(" ")[0];
            const isFilled = index === 0 && path !== "";
            this.#lines[index].area.setAttribute("d", isFilled ? `${path}L${last} ${height}L${first} ${height}Z` : "");
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
