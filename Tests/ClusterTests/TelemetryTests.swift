import Foundation
import SignalTestKit
import Testing

/// What peers report becomes labels (security row 16).
@Suite("Telemetry in the metrics", .serialized)
struct TelemetryMetricsTests {
    /// A strict reader of the text format: a sample without HELP and TYPE, or twice, or torn from its family, is a fault.
    static func faults(in page: String) -> (faults: [String], series: Int) {
        var faults: [String] = []
        var family = ""
        var closed: Set<Substring> = []
        var typed: Set<Substring> = []
        var helped: Set<Substring> = []
        var series: Set<Substring> = []
        let sample =
            #/^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*",?)*)\})? (-?[0-9.]+(?:[eE][+-]?[0-9]+)?|[+-]Inf|NaN)$/#
        if !page.hasSuffix("\n") { faults.append("no line feed at the end") }
        for line in page.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            let words = line.split(separator: " ", maxSplits: 3)
            if line.hasPrefix("# ") {
                guard words.count >= 3 else {
                    faults.append("\(line)")
                    continue
                }
                let isNew = words[1] == "HELP" ? helped.insert(words[2]).inserted : typed.insert(words[2]).inserted
                if !isNew { faults.append("twice: \(line)") }
                if words[2] != family {
                    closed.insert(family[...])
                    family = String(words[2])
                }
                if closed.contains(words[2]) { faults.append("torn: \(line)") }
                continue
            }
            guard let match = line.wholeMatch(of: sample) else {
                faults.append("no sample: \(line)")
                continue
            }
            let name = match.output.1
            let base = ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) && !typed.contains(name) }
            let owner = base.map { name.dropLast($0.count) } ?? name
            if owner != family[...] || !typed.contains(owner) || !helped.contains(owner) {
                faults.append("not in its family: \(line)")
            }
            if !series.insert(line[..<(line.lastIndex(of: " ") ?? line.endIndex)]).inserted {
                faults.append("twice: \(line)")
            }
        }
        return (faults, series.count)
    }

    private func metrics(_ node: NodeProcess) async throws -> String {
        try await TestHTTP.get("/metrics", port: node.port).body
    }

    private func value(_ series: String, in page: String) -> Double? {
        page.split(separator: "\n").first { $0.hasPrefix(series + " ") }
            .flatMap { Double($0.dropFirst(series.count + 1)) }
    }

    @Test("row 16: 100,000 random reports make fewer than 1,000 series, and the page still parses")
    func cardinality() async throws {
        let node = try NodeProcess("telemetry", settings: ["CONTROL_MESSAGES_PER_SECOND": "0"])
        let peer = try await TestPeer.connect(port: node.port, room: "r", peerID: "p")
        _ = try await peer.next(type: "welcome")
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        let hostile = [
            #"\"}\n"#, "a b", "é", "", "new", "failed", "other", #"x\\\"y"#, "\\u0000", "ok\\nbs_fake 1", "connected",
        ]
        func word() -> String {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: "\"\(hostile[Int.random(in: 0..<hostile.count, using: &random)])\""
            case 1: "\"r\(Int.random(in: 0..<40, using: &random))\""
            case 2: "\"\(String(UInt64.random(in: .min ... .max, using: &random), radix: 36))\""
            default: ["null", "7", "[]", "true", "{\"a\":1}"][Int.random(in: 0..<5, using: &random)]
            }
        }
        // Honest pairs first, more than may be shown: five times each.
        for number in 0..<1_500 {
            let (region, carrier) = (number / 5 % 30, number / 150)
            try await peer.sendRaw(
                TestFrame.text(#"{"type":"telemetry","region":"r\#(region)","carrier":"c\#(carrier)"}"#))
        }
        for _ in 0..<500 {
            var burst: [UInt8] = []
            for _ in 0..<200 {
                burst += TestFrame.text(
                    #"{"type":"telemetry","iceState":\#(word()),"failureReason":\#(word()),"region":\#(word()),"carrier":\#(word()),"relayUsed":\#(word())}"#
                )
            }
            try await peer.sendRaw(burst)
        }
        try await peer.send(#"{"type":"heartbeat"}"#)
        _ = try await peer.next(type: "heartbeat-ack", timeout: .seconds(120))
        let page = try await metrics(node)
        let read = Self.faults(in: page)
        #expect(read.faults.isEmpty, "seed \(seed): \(read.faults.prefix(5))")
        #expect(read.series < 1_000 && read.series > 200, "seed \(seed): \(read.series) series")
        #expect(!page.contains("\nbs_fake"), "seed \(seed)")
        #expect((value("bs_ws_messages_total", in: page) ?? 0) > 100_000)
        try check(page)
    }

    /// Prometheus' own opinion, where it is installed.
    private func check(_ page: String) throws {
        let promtool = ["/usr/bin/promtool", "/usr/local/bin/promtool", "/opt/homebrew/bin/promtool"]
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let promtool else { return }
        let directory = FileManager.default.temporaryDirectory.appending(path: "promtool-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appending(path: "page")
        let log = directory.appending(path: "log")
        try Data(page.utf8).write(to: file)
        let process = try ChildProcess(
            ["/bin/sh", "-c", "exec \"$0\" check metrics < \"$1\"", promtool, file.path()], environment: [:],
            output: log.path())
        #expect(process.wait(seconds: 30))
        let said = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        // 3 = it parses, and there is advice about names.
        #expect([0, 3].contains(process.exitCode), "\(said)")
        #expect(!said.contains("error while linting"), "\(said)")
    }

    @Test("a region and carrier show after five reports, and only if they are on the list")
    func anonymity() async throws {
        let node = try NodeProcess(
            "telemetry", settings: ["TELEMETRY_REGIONS": "eu,us", "CONTROL_MESSAGES_PER_SECOND": "0"])
        let peer = try await TestPeer.connect(port: node.port, room: "r", peerID: "p")
        _ = try await peer.next(type: "welcome")
        func report(_ region: String, times: Int) async throws -> String {
            for _ in 0..<times {
                try await peer.send(#"{"type":"telemetry","region":"\#(region)","carrier":"c"}"#)
            }
            try await peer.send(#"{"type":"heartbeat"}"#)
            _ = try await peer.next(type: "heartbeat-ack")
            return try await metrics(node)
        }
        #expect(try await !report("eu", times: 4).contains(#"region="eu""#))
        #expect(value(#"bs_region_carrier_total{carrier="c",region="eu"}"#, in: try await report("eu", times: 2)) == 2)
        #expect(try await !report("moon", times: 9).contains("moon"))
    }

    @Test("the ICE success ratio can be computed from the first scrape on")
    func outcomes() async throws {
        let node = try NodeProcess("telemetry")
        let (good, bad) = (
            #"bs_ice_outcomes_total{outcome="succeeded"}"#, #"bs_ice_outcomes_total{outcome="failed"}"#
        )
        let before = try await metrics(node)
        #expect(value(good, in: before) == 0 && value(bad, in: before) == 0)
        let peer = try await TestPeer.connect(port: node.port, room: "r", peerID: "p")
        _ = try await peer.next(type: "welcome")
        let reports = [
            "new", "checking", "connected", "completed", "failed", "closed", "disconnected", "odd", "completed",
        ]
        for state in reports {
            try await peer.send(#"{"type":"telemetry","iceState":"\#(state)"}"#)
        }
        try await peer.send(#"{"type":"heartbeat"}"#)
        _ = try await peer.next(type: "heartbeat-ack")
        let after = try await metrics(node)
        #expect(value(good, in: after) == 2 && value(bad, in: after) == 1)
        #expect(value(#"bs_ice_state_total{ice_state="completed"}"#, in: after) == 2)
    }

    @Test("every series whose label comes from a closed set is there at the first scrape, at zero")
    func closedSets() async throws {
        let node = try NodeProcess("telemetry")
        let page = try await metrics(node)
        for series in [
            #"bs_receipts_total{outcome="received"}"#, #"bs_receipts_total{outcome="not_found"}"#,
            #"bs_ice_state_total{ice_state="new"}"#, #"bs_ice_state_total{ice_state="other"}"#,
            #"bs_ice_outcomes_total{outcome="failed"}"#, #"bs_failure_reason_total{reason="candidate-pair-failed"}"#,
            #"bs_ws_close_total{code="1000"}"#, #"bs_ws_close_total{code="4409"}"#,
            #"bs_ws_close_total{code="other"}"#, #"bs_ws_rejected_total{code="rate_limited"}"#,
        ] { #expect(value(series, in: page) == 0, "\(series)") }
        let peer = try await TestPeer.connect(port: node.port, room: "r", peerID: "p")
        _ = try await peer.next(type: "welcome")
        try await peer.send("{}[")
        _ = try await peer.next(type: "error")
        #expect(value(#"bs_ws_rejected_total{code="invalid_json"}"#, in: try await metrics(node)) == 1)
    }
}
