// Elements, made without ever reading HTML: whatever peers call themselves stays text.

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * Makes an element.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [properties] `class`, `text`, `data`, `on` (listeners by event) and attributes; what is
 *     null or false is left out
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, properties = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
        if (value === null || value === undefined || value === false) continue;
        if (name === "class") made.className = value;
        else if (name === "text") made.textContent = value;
        else if (name === "data") Object.assign(made.dataset, value);
        else if (name === "on") for (const [event, hear] of Object.entries(value)) made.addEventListener(event, hear);
        else made.setAttribute(name, value === true ? "" : String(value));
    }
    for (const child of children) {
        if (child !== null && child !== undefined && child !== false) made.append(child);
    }
    return made;
}

/**
 * The element of the page with this id.
 *
 * @template {HTMLElement} [Kind=HTMLElement]
 * @param {string} id
 * @returns {Kind}
 */
export function byId(id) {
    const found = document.getElementById(id);
    if (!found) throw new Error(`the page has no #${id}`);
    return /** @type {Kind} */ (found);
}

/**
 * Changes a text only when it differs, so that nothing is announced twice.
 *
 * @param {Element} place
 * @param {string} text
 */
export function write(place, text) {
    if (place.textContent !== text) place.textContent = text;
}
