const maxLetters = 100

/**
 * A file name that a peer has given, made fit to be shown and saved: no folders, no control characters, none that turn
 * the direction of text (they can hide the true ending), no leading dot, and not too long.
 *
 * @param {string} name
 */
export function safeFileName(name) {
    const last = name.split(/[/\\]/u).pop() ?? ""
    const clean = last.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}<>:"|?*]/gu, "").replace(/^[.\s]+|[.\s]+$/gu, "")
    const letters = [...clean]
    if (letters.length <= maxLetters) return clean || "file"
    const ending = /\.[^.]{1,12}$/u.exec(clean)?.[0] ?? ""
    return letters.slice(0, maxLetters - ending.length).join("") + ending
}
