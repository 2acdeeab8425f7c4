import { byID, dialogByID, inputByID } from "./element.js"

/**
 * What somebody fills in to enter a room. The token lives in the memory of the page alone.
 *
 * @typedef {import("./room-address.js").RoomAddress & {name: string, token: string}} Entry
 */

/** The dialog that asks for room, name and token. */
export class Entrance {
    #dialog = dialogByID("entrance")
    #onEnter
    #mayCancel = false

    /** @param {(entry: Entry) => void} onEnter */
    constructor(onEnter) {
        this.#onEnter = onEnter
        byID("entrance-form").addEventListener("submit", (event) => {
            event.preventDefault()
            this.#enter()
        })
        byID("entrance-cancel").addEventListener("click", () => this.#dialog.close())
        this.#dialog.addEventListener("cancel", (event) => {
            if (!this.#mayCancel) event.preventDefault()
        })
    }

    /**
     * @param {Entry} entry what the fields say at first
     * @param {{mayCancel: boolean, asksForToken?: boolean}} how
     */
    open(entry, { mayCancel, asksForToken = false }) {
        if (this.#dialog.open) return
        this.#mayCancel = mayCancel
        byID("entrance-cancel").hidden = !mayCancel
        inputByID("entrance-room").value = entry.room
        inputByID("entrance-name").value = entry.name
        inputByID("entrance-namespace").value = entry.namespace
        inputByID("entrance-token").value = entry.token
        inputByID("entrance-relay").checked = entry.relayOnly
        const details = /** @type {HTMLDetailsElement} */ (this.#dialog.querySelector("details"))
        details.open = asksForToken
        this.#dialog.showModal()
        if (asksForToken) inputByID("entrance-token").focus()
    }

    #enter() {
        const entry = {
            room: inputByID("entrance-room").value.trim(),
            name: inputByID("entrance-name").value.trim(),
            namespace: inputByID("entrance-namespace").value.trim(),
            token: inputByID("entrance-token").value.trim(),
            relayOnly: inputByID("entrance-relay").checked,
        }
        if (!entry.room || !entry.name) return
        this.#dialog.close()
        this.#onEnter(entry)
    }
}
