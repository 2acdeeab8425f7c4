// When to ask for a fresh token: after four fifths of the time that the present one has left, by the server's clock.

const share = 0.8
const leastMs = 1000
const putOffMs = 5000

/** The end of a token, told in the client's own monotonic time, so that a wrong wall clock does no harm. */
export class RenewalTime {
    constructor() {
        this.at = Infinity
        /** Milliseconds since the epoch; infinite for a token that does not say. */
        this.expiresAt = Infinity
        /** The server's clock minus the client's. */
        this.offset = 0
    }

    /**
     * @param {string | undefined} token
     * @param {number} [now] when it is in use already
     */
    uses(token, now) {
        this.expiresAt = token ? expiry(token) : Infinity
        if (now !== undefined) this.plan(now)
    }

    /**
     * @param {string} serverNow the `now` of a welcome
     * @param {number} now
     */
    begin(serverNow, now) {
        this.offset = Date.parse(serverNow) - now
        this.plan(now)
    }

    /** @param {number} now */
    plan(now) {
        const left = this.expiresAt - this.offset - now
        this.at = Number.isFinite(left) ? now + Math.max(leastMs, left * share) : Infinity
    }

    /** @param {number} now */
    putOff(now) {
        this.at = now + putOffMs
    }

    stop() {
        this.at = Infinity
    }
}

/**
 * The `exp` of a JWT in milliseconds since the epoch; infinite for every other text.
 *
 * @param {string} token
 */
export function expiry(token) {
    try {
        const claims = JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")))
        return typeof claims.exp === "number" ? claims.exp * 1000 : Infinity
    } catch {
        return Infinity
    }
}
