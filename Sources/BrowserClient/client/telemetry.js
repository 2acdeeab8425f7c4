// Tells the server how a peer connection fares: states and kinds of ways, no address and no content.

/** @typedef {import("./signaling-client.js").SignalingClient} SignalingClient */

/**
 * Reports each ICE state of a connection, and whether its pair goes over a TURN relay.
 *
 * @param {SignalingClient} client
 * @param {RTCPeerConnection} connection
 * @param {{region?: string, carrier?: string, peerId?: string}} [place] where the application knows it; the other end
 * @returns {() => void} ends the reports
 */
export function reportConnection(client, connection, place = {}) {
    const report = async () => {
        const iceState = connection.iceConnectionState
        /** @type {{iceState: string, relayUsed?: boolean, failureReason?: string}} */
        const telemetry = { iceState, ...place }
        const isUp = iceState === "connected" || iceState === "completed"
        if (isUp) telemetry.relayUsed = isRelayed(await connection.getStats())
        if (iceState === "failed") telemetry.failureReason = failureReason(await connection.getStats())
        client.telemetry(telemetry)
    }
    connection.addEventListener("iceconnectionstatechange", report)
    return () => connection.removeEventListener("iceconnectionstatechange", report)
}

/** @param {RTCStatsReport} stats */
function isRelayed(stats) {
    const { candidates, pairs } = collect(stats)
    const pair = pairs.find((each) => each.nominated && each.state === "succeeded")
    return [pair?.localCandidateId, pair?.remoteCandidateId].some((id) => candidates.get(id)?.candidateType === "relay")
}

/**
 * In the server's words: nothing came from the other side, a way that once answered fell silent, or none ever did.
 *
 * @param {RTCStatsReport} stats
 */
function failureReason(stats) {
    const { candidates, pairs } = collect(stats)
    const hasRemote = [...candidates.values()].some((each) => each.type === "remote-candidate")
    if (!hasRemote) return "signaling-failed"
    return pairs.some((each) => each.responsesReceived > 0) ? "timeout" : "candidate-pair-failed"
}

/**
 * @param {RTCStatsReport} stats
 * @returns {{candidates: Map<string, any>, pairs: any[]}}
 */
function collect(stats) {
    const candidates = new Map()
    /** @type {any[]} */
    const pairs = []
    stats.forEach((entry) => {
        if (entry.type === "candidate-pair") pairs.push(entry)
        else if (entry.type.endsWith("-candidate")) candidates.set(entry.id, entry)
    })
    return { candidates, pairs }
}
