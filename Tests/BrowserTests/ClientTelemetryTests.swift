import SignalTestKit
import Testing

/// What a page tells of its peer connections, and what the node counts of it.
@Suite("Telemetry of the browser's client", .serialized)
struct ClientTelemetryTests {
    @Test("a connection that comes up without a relay is counted as one that succeeded")
    func connected() async throws {
        let cluster = try await BrowserCluster(nodes: 1)
        let page = try await cluster.seat("ann", at: 0)
        try await page.run(
            """
            const { reportConnection } = await import("/client/telemetry.js")
            window.here = new RTCPeerConnection()
            window.there = new RTCPeerConnection()
            window.stop = reportConnection(room, here)
            here.onicecandidate = ({ candidate }) => there.addIceCandidate(candidate)
            there.onicecandidate = ({ candidate }) => here.addIceCandidate(candidate)
            here.createDataChannel("x")
            await here.setLocalDescription()
            await there.setRemoteDescription(here.localDescription)
            await there.setLocalDescription()
            await here.setRemoteDescription(there.localDescription)
            """)
        let port = cluster.nodes[0].port
        let deadline = ContinuousClock.now + .seconds(60)
        var metrics = ""
        while ContinuousClock.now < deadline, !metrics.contains(#"bs_ice_outcomes_total{outcome="succeeded"} 1"#) {
            metrics = try await TestHTTP.get("/metrics", port: port).body
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(metrics.contains(#"bs_ice_outcomes_total{outcome="succeeded"} 1"#))
        #expect(metrics.contains(#"bs_ice_state_total{ice_state="checking"} 1"#))
        #expect(metrics.contains("bs_relay_usage_total 0\n"))
        #expect(page.errors == [])
    }

    @Test("the reason of a failure is read from the statistics: nothing came, nothing answered, or the answers stopped")
    func failures() async throws {
        let cluster = try await BrowserCluster(nodes: 1)
        let page = try await cluster.blank()
        let reports = try await page.run(
            """
            const { reportConnection } = await import("/client/telemetry.js")
            const remote = { id: "r", type: "remote-candidate", candidateType: "host" }
            const relay = { id: "l", type: "local-candidate", candidateType: "relay" }
            const pair = { id: "p", type: "candidate-pair", localCandidateId: "l", remoteCandidateId: "r" }
            const cases = [
                ["failed", []], ["failed", [remote, { ...pair, responsesReceived: 0 }]],
                ["failed", [remote, { ...pair, responsesReceived: 3 }]],
                ["connected", [remote, relay, { ...pair, nominated: true, state: "succeeded" }]],
            ]
            const reports = []
            for (const [iceConnectionState, stats] of cases) {
                const connection = new EventTarget()
                connection.iceConnectionState = iceConnectionState
                connection.getStats = async () => stats
                await new Promise((done) => {
                    reportConnection({ telemetry: (report) => done(reports.push(report)) }, connection, { region: "eu" })
                    connection.dispatchEvent(new Event("iceconnectionstatechange"))
                })
            }
            return reports.map((each) => each.failureReason ?? [each.relayUsed, each.region])
            """)
        #expect(reports == #"["signaling-failed","candidate-pair-failed","timeout",[true,"eu"]]"#)
    }
}
