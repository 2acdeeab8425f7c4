/** The element of the page with this ID. */
export function byID(/** @type {string} */ id) {
    const element = document.getElementById(id)
    if (!element) throw new Error(`The page has no #${id}.`)
    return element
}

/** @param {string} id */
export function inputByID(id) {
    return /** @type {HTMLInputElement} */ (byID(id))
}

/** @param {string} id */
export function dialogByID(id) {
    return /** @type {HTMLDialogElement} */ (byID(id))
}

/**
 * A new element. Text is set as text, never as markup.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {(string | Node)[]} content
 */
export function element(tag, className = "", ...content) {
    const made = document.createElement(tag)
    made.className = className
    made.append(...content)
    return made
}

/**
 * Copies text, and says so on the button for a moment.
 *
 * @param {HTMLElement} button
 * @param {string} text
 */
export async function copyFrom(button, text) {
    button.dataset.label ??= button.textContent ?? ""
    button.textContent = (await copy(text)) ? "Copied" : "Not allowed"
    setTimeout(() => (button.textContent = button.dataset.label ?? ""), 1600)
}

/** @param {string} text */
async function copy(text) {
    // Pages that came over plain HTTP from another machine have no clipboard.
    if (!navigator.clipboard) return copySelected(text)
    return navigator.clipboard.writeText(text).then(() => true, () => copySelected(text))
}

/** @param {string} text */
function copySelected(text) {
    const field = element("textarea", "unseen")
    field.value = text
    // Behind an open dialog nothing can be selected.
    const place = document.querySelector("dialog[open]") ?? document.body
    place.append(field)
    field.select()
    const isCopied = document.execCommand("copy")
    field.remove()
    return isCopied
}
