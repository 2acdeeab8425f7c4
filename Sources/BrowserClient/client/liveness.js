// Whether the connection is alive: what the client owes the server, and how long it listens to silence.

/** The clock of one connection; times are milliseconds of a clock that never goes back. */
export class Liveness {
    constructor() {
        this.periodMs = 0
        this.heartbeatAt = Infinity
        this.silentAt = Infinity
    }

    /**
     * @param {number} periodMs the server's `heartbeatMs`
     * @param {number} now
     */
    begin(periodMs, now) {
        this.periodMs = periodMs
        this.heartbeatAt = now + periodMs
        this.silentAt = now + 2 * periodMs
    }

    stop() {
        this.heartbeatAt = Infinity
        this.silentAt = Infinity
    }

    /** @param {number} now */
    heard(now) {
        this.silentAt = now + 2 * this.periodMs
    }

    /**
     * What is due: the server has been silent for two periods, or a heartbeat, whose next one it plans.
     *
     * @param {number} now
     * @returns {"silence" | "heartbeat" | undefined}
     */
    due(now) {
        if (now >= this.silentAt) return "silence"
        if (now < this.heartbeatAt) return undefined
        this.heartbeatAt = now + this.periodMs
        return "heartbeat"
    }

    get wakeAt() {
        return Math.min(this.heartbeatAt, this.silentAt)
    }
}
