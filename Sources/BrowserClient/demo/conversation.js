import { byID, element } from "./element.js"

/** Entries that the page keeps; older ones go. */
const maxEntries = 400
/** Messages of one person within this time stand together. */
const togetherMs = 120_000

/** The log of messages, files and events. What peers send is set as text, never as markup. */
export class Conversation {
    #log = byID("log")
    #alone = byID("alone")
    #isAtEnd = true
    #lastBy = ""
    #lastAt = 0

    constructor() {
        const log = this.#log
        log.addEventListener("scroll", () => {
            this.#isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80
        })
        // A keyboard that opens, or a phone that is turned, hides nothing of the last message.
        new ResizeObserver(() => this.#isAtEnd && this.#scrollToEnd()).observe(log)
    }

    /**
     * @param {string} by who said it; "" = the person at this page
     * @param {string} id of the speaker, for names are not unique
     * @param {string} text
     */
    say(by, id, text) {
        const bubble = element("p", "bubble", text)
        bubble.dir = "auto"
        this.show(by, id, bubble)
    }

    /**
     * Adds an entry of a person.
     *
     * @param {string} by
     * @param {string} id
     * @param {HTMLElement} content
     */
    show(by, id, content) {
        const now = new Date()
        const line = element("p", "by")
        const time = element("time", "", now.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }))
        time.dateTime = now.toISOString()
        if (by) line.append(element("b", "", by), "  ")
        else line.append(element("span", "unseen", "You, "))
        line.append(time)
        const entry = element("div", by ? "entry" : "entry own", line, content)
        if (this.#lastBy === id && now.getTime() - this.#lastAt < togetherMs) entry.classList.add("follows")
        this.#lastBy = id
        this.#lastAt = now.getTime()
        this.#add(entry)
    }

    /** Adds a line about what happened. */
    note(/** @type {string} */ text) {
        this.#lastBy = ""
        this.#add(element("p", "event", text))
    }

    /** @param {boolean} isAlone whether nobody else is in the room */
    setAlone(isAlone) {
        this.#alone.hidden = !isAlone || this.#log.children.length > 1
    }

    clear() {
        this.#lastBy = ""
        this.#log.replaceChildren(this.#alone)
        this.setAlone(true)
    }

    /** @param {HTMLElement} entry */
    #add(entry) {
        const log = this.#log
        const staysAtEnd = this.#isAtEnd || entry.classList.contains("own")
        this.#alone.hidden = true
        log.append(entry)
        if (log.children.length > maxEntries) log.children[1].remove()
        if (staysAtEnd) this.#scrollToEnd()
    }

    #scrollToEnd() {
        this.#log.scrollTop = this.#log.scrollHeight
    }
}
