// Who else is in the room: lists and news of the server become one truth, and what changed in it.

/**
 * Another peer of the room. `polite` is about the reader: true means that this client is the polite side toward it.
 *
 * @typedef {Readonly<{
 *     peerId: string, polite: boolean, since: number, away: boolean, metadata: Record<string, any>
 * }>} Member
 * @typedef {{event: "peer-joined" | "peer-updated", detail: Member}
 *     | {event: "peer-left", detail: {peerId: string, reason: string, member: Member}}} Change
 */

/** The members of a room, in the order in which they became known. */
export class Roster {
    constructor() {
        /** @type {Map<string, Member>} */
        this.members = new Map()
        /**
         * The names in a list whose last page has not come yet.
         *
         * @type {Set<string> | undefined}
         */
        this.listed = undefined
    }

    /**
     * The first page of a list that replaces everything.
     *
     * @param {{members?: any[], more?: boolean}} message
     * @returns {Change[]}
     */
    replace(message) {
        this.listed = new Set()
        return this.page(message)
    }

    /**
     * A page of the list.
     *
     * @param {{members?: any[], more?: boolean}} message
     * @returns {Change[]}
     */
    page({ members = [], more = false }) {
        const changes = members.flatMap((entry) => this.put(entry))
        if (more || !this.listed) return changes
        const listed = this.listed
        this.listed = undefined
        const missing = [...this.members.keys()].filter((peerId) => !listed.has(peerId))
        return [...missing.flatMap((peerId) => this.remove(peerId, "missed")), ...changes]
    }

    /**
     * A member as the server lists it, or tells that it joined.
     *
     * @param {any} entry
     * @returns {Change[]}
     */
    put(entry) {
        const known = this.members.get(entry.peerId)
        const member = freeze({
            peerId: entry.peerId, polite: entry.polite === true, since: entry.since, away: entry.away === true,
            metadata: entry.metadata ?? {},
        })
        const isSame = known?.since === member.since && known.polite === member.polite
        const gone = known && !isSame ? this.remove(known.peerId, "missed") : []
        this.listed?.add(member.peerId)
        if (known && isSame) return this.change(known, member)
        this.members.set(member.peerId, member)
        return [...gone, { event: "peer-joined", detail: member }]
    }

    /**
     * `peer-updated` of the server: what it does not name stays.
     *
     * @param {any} message
     * @returns {Change[]}
     */
    update({ peerId, away, metadata }) {
        const known = this.members.get(peerId)
        if (!known) return []
        return this.change(known, freeze({ ...known, away: away ?? known.away, metadata: metadata ?? known.metadata }))
    }

    /**
     * @param {string} peerId
     * @param {string} reason
     * @returns {Change[]}
     */
    remove(peerId, reason) {
        const member = this.members.get(peerId)
        if (!member) return []
        this.members.delete(peerId)
        this.listed?.delete(peerId)
        return [{ event: "peer-left", detail: { peerId, reason, member } }]
    }

    /**
     * @param {string} reason
     * @returns {Change[]}
     */
    clear(reason) {
        return [...this.members.keys()].flatMap((peerId) => this.remove(peerId, reason))
    }

    /**
     * @param {Member} known
     * @param {Member} member
     * @returns {Change[]}
     */
    change(known, member) {
        const isSame = known.away === member.away && JSON.stringify(known.metadata) === JSON.stringify(member.metadata)
        if (isSame) return []
        this.members.set(member.peerId, member)
        return [{ event: "peer-updated", detail: member }]
    }
}

/**
 * @param {Member} member
 * @returns {Member}
 */
function freeze(member) {
    return Object.freeze(member)
}
