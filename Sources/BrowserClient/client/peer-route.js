/**
 * The way that packets take between two browsers.
 *
 * @typedef {object} Route
 * @property {string} local kind of the own candidate: `host`, `srflx`, `prflx` or `relay`
 * @property {string} remote kind of the peer's candidate
 * @property {string} transport `udp` or `tcp`
 * @property {boolean} isRelayed whether a TURN server is on the way
 * @property {number | undefined} roundTripMs of the last check, in milliseconds
 */

/**
 * Reads the candidate pair in use out of `getStats`.
 *
 * @param {RTCPeerConnection} rtc
 * @returns {Promise<Route | undefined>} undefined while no pair is selected
 */
export async function selectedRoute(rtc) {
    if (rtc.signalingState === "closed") return undefined
    const stats = await rtc.getStats()
    const pair = selectedPair(stats)
    if (!pair) return undefined
    const local = stats.get(pair.localCandidateId)
    const remote = stats.get(pair.remoteCandidateId)
    if (!local || !remote) return undefined
    const seconds = pair.currentRoundTripTime
    return {
        local: local.candidateType,
        remote: remote.candidateType,
        transport: local.protocol,
        isRelayed: local.candidateType === "relay" || remote.candidateType === "relay",
        roundTripMs: typeof seconds === "number" ? seconds * 1000 : undefined,
    }
}

/** @param {RTCStatsReport} stats */
function selectedPair(stats) {
    /** @type {any} */
    let fallback
    for (const report of stats.values()) {
        if (report.type === "transport" && report.selectedCandidatePairId) {
            return stats.get(report.selectedCandidatePairId)
        }
        // Firefox marks the pair itself.
        if (report.type === "candidate-pair" && report.selected) fallback = report
    }
    return fallback
}
