const manners = ["Quiet", "Bright", "Gentle", "Swift", "Merry", "Silver", "Early", "Wild", "Clever", "Calm"]
const beings = ["Otter", "Heron", "Maple", "Comet", "Fox", "Wren", "Cedar", "Lynx", "Finch", "River"]

/** A name for somebody who has not given one. */
export function inventName() {
    return `${any(manners)} ${any(beings)}`
}

/** A name for a new room, hard enough to guess that strangers do not meet by chance. */
export function inventRoom() {
    const number = crypto.getRandomValues(new Uint32Array(1))[0].toString(36)
    return `${any(manners)}-${any(beings)}-${number}`.toLowerCase()
}

/** One or two letters for a face. */
export function initials(/** @type {string} */ name) {
    const words = name.split(/\s+/u).filter(Boolean)
    const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words
    return letters.map((word) => [...word][0]).join("").toUpperCase()
}

/** The same hue, 0 to 359, for the same text. */
export function hueOf(/** @type {string} */ text) {
    let hash = 0
    for (const letter of text) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 360
    return hash
}

/** @param {string[]} list */
function any(list) {
    return list[crypto.getRandomValues(new Uint32Array(1))[0] % list.length]
}
