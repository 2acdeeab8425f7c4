// Keeps a session over a reload of its page, and out of the hands of a duplicate of it.

/** @typedef {import("./session.js").SessionRecord} SessionRecord */

/** The tab's own storage; null where the page may have none. */
export function tabStorage() {
    try {
        return globalThis.sessionStorage ?? null
    } catch {
        return null
    }
}

/**
 * The place of one session in the page's storage. While the page shows, the record is taken out: a tab that is
 * duplicated then begins a session of its own. It is put back when the page hides or ends.
 */
export class SessionStorage {
    /**
     * @param {Storage | null} storage null = nothing is kept
     * @param {string} key
     */
    constructor(storage, key) {
        this.storage = storage
        this.key = key
    }

    /**
     * Takes the record out.
     *
     * @returns {SessionRecord | undefined}
     */
    take() {
        try {
            const text = this.storage?.getItem(this.key)
            this.storage?.removeItem(this.key)
            const record = text ? JSON.parse(text) : undefined
            return typeof record?.sid === "string" && Number.isSafeInteger(record.cn) ? record : undefined
        } catch {
            // Storage may be forbidden, and anybody may write to it.
            return undefined
        }
    }

    /** @param {SessionRecord | undefined} record */
    put(record) {
        try {
            if (record) this.storage?.setItem(this.key, JSON.stringify(record))
        } catch {
            // Full or forbidden: the next page begins anew.
        }
    }

    /**
     * Puts what `record` returns back whenever the page hides, and takes it out when it shows again.
     *
     * @param {() => SessionRecord | undefined} record
     * @returns {() => void} stops that
     */
    follow(record) {
        if (typeof document === "undefined") return () => {}
        const onHide = () => this.put(record())
        const onVisibility = () => document.visibilityState === "hidden" ? onHide() : this.take()
        addEventListener("pagehide", onHide)
        document.addEventListener("visibilitychange", onVisibility)
        return () => {
            removeEventListener("pagehide", onHide)
            document.removeEventListener("visibilitychange", onVisibility)
            this.take()
        }
    }
}
