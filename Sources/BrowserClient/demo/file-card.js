import { element } from "./element.js"
import { safeFileName } from "./file-name.js"
import { bytesInWords } from "./words.js"

const outline = "M13 3H6.5A1.5 1.5 0 0 0 5 4.5v15A1.5 1.5 0 0 0 6.5 21h11a1.5 1.5 0 0 0 1.5-1.5V9zM13 3v6h6"

/** A file in the conversation: its name, how far it has come, and in the end the way to save it. */
export class FileCard {
    #name
    #size
    #state = element("p", "file-state")
    #bar = element("progress")
    element

    /**
     * @param {string} name
     * @param {number} size in bytes
     */
    constructor(name, size) {
        this.#name = safeFileName(name)
        this.#size = size
        this.#bar.max = Math.max(1, size)
        this.#bar.value = 0
        this.#bar.setAttribute("aria-label", `Progress of ${this.#name}`)
        this.element = element("div", "file", icon(), element("p", "file-name", this.#name), this.#state, this.#bar)
        this.element.title = this.#name
        // Of a file people hear when it is announced and when it is there, not every chunk.
        this.element.setAttribute("aria-live", "off")
        this.progress(0)
    }

    /** @param {number} bytes that have been sent or have arrived */
    progress(bytes) {
        this.#bar.value = bytes
        const percent = this.#size === 0 ? 100 : Math.floor((100 * bytes) / this.#size)
        this.#state.textContent = `${bytesInWords(this.#size)} · ${percent} %`
    }

    /** Ends the progress, with a word on how it went. */
    finish(/** @type {string} */ words) {
        this.#bar.remove()
        this.element.removeAttribute("aria-live")
        this.#state.textContent = `${bytesInWords(this.#size)} · ${words}`
    }

    /** @param {string} url where the browser keeps the whole file */
    offer(url) {
        this.finish("arrived")
        const link = element("a", "", "Save")
        link.href = url
        link.download = this.#name
        link.setAttribute("aria-label", `Save ${this.#name}`)
        this.element.append(link)
    }
}

function icon() {
    const space = "http://www.w3.org/2000/svg"
    const svg = document.createElementNS(space, "svg")
    const attributes = { viewBox: "0 0 24 24", width: "28", height: "28", "aria-hidden": "true" }
    for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value)
    const path = document.createElementNS(space, "path")
    path.setAttribute("d", outline)
    svg.append(path)
    return svg
}
