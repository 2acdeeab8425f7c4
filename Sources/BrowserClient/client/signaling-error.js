// Why something did not happen.

/** An error with a machine word. */
export class SignalingError extends Error {
    /** @param {import("./outbox.js").Failure} failure */
    constructor({ code, to, reason, message, outcomes = [] }) {
        super(message ?? [code, to, reason].filter((part) => part !== undefined).join(" "))
        this.name = "SignalingError"
        /** The machine word, as listed in docs/client.md. */
        this.code = code
        /** The receiver that failed, of a signal to several the first one. */
        this.to = to
        /** Of `undeliverable`: why that peer left. Of `gone`: the reason of the close. */
        this.reason = reason
        /** What became of the signal, for each receiver of whom that is known. */
        this.outcomes = outcomes
    }
}
