import SignalDomain
import Testing

@Suite("Telemetry")
struct TelemetryTests {
    private func report(_ message: String) throws -> TelemetryReport {
        let bytes = Array(message.utf8)
        let scanned = try scan(bytes)
        return bytes.withUnsafeBytes { TelemetryReport(scanned, in: $0) }
    }

    @Test("a full report is read")
    func readsAll() throws {
        let report = try report(
            #"{"type":"telemetry","iceState":"failed","failureReason":"candidate-pair-failed","relayUsed":true,"region":"eu-1","carrier":"c_2"}"#
        )
        #expect(report.iceState == .failed && report.failureReason == .candidatePairFailed && report.relayUsed)
        #expect(report.regionCarrier == RegionCarrier(region: "eu-1", carrier: "c_2"))
    }

    @Test(
        "absent, empty and null members report nothing",
        arguments: [
            #"{"type":"telemetry"}"#,
            #"{"iceState":null,"failureReason":null,"relayUsed":null,"region":null,"carrier":""}"#,
            #"{"iceState":"","relayUsed":"true"}"#,
        ])
    func readsNothing(message: String) throws {
        let report = try report(message)
        #expect(
            report.iceState == nil && report.failureReason == nil && !report.relayUsed && report.regionCarrier == nil)
    }

    @Test(
        "the end of an attempt to connect counts once, however it is told",
        arguments: [
            ("new checking connected completed", "s"), ("connected", "s"), ("completed", "s"), ("failed", "f"),
            ("connected disconnected failed closed", "sf"),
            // Two connections of a room of three, in either order.
            ("connected connected completed completed", "ss"), ("connected completed connected completed", "ss"),
            // Only one of the two is told as completed; a third one is told as nothing else.
            ("connected connected completed", "ss"), ("completed connected completed", "ss"), ("unknown other", ""),
        ])
    func attempts(states: String, outcomes: String) throws {
        var attempts = IceAttempts()
        let told = try states.split(separator: " ").compactMap { word in
            attempts.outcome(of: try #require(IceState(rawValue: String(word)))).map { $0 ? "s" : "f" }
        }
        #expect(told.joined() == outcomes)
    }

    @Test(
        "every word outside the sets is other",
        arguments: [
            #""\"}\n""#, #""Failed""#, "1", "[]", "{}", "true", #""\ud800""#, #""other""#,
        ])
    func closesTheSets(word: String) throws {
        let report = try report("{\"iceState\":\(word),\"failureReason\":\(word)}")
        #expect(report.iceState == .other && report.failureReason == .other)
    }

    @Test(
        "region and carrier are short plain words or other, and a half left out is unknown",
        arguments: [
            (#"{"region":"a b","carrier":"ok"}"#, "other", "ok"), (#"{"region":"eu"}"#, "eu", "unknown"),
            (#"{"carrier":"x\"} 1\n"}"#, "unknown", "other"), (#"{"region":7,"carrier":"é"}"#, "other", "other"),
            (#"{"r\u0065gion":"\u0065u","carrier":"123456789012345678901234567890123"}"#, "eu", "other"),
        ])
    func boundsLabels(message: String, region: String, carrier: String) throws {
        let pair = try report(message).regionCarrier
        #expect(pair?.region == region && pair?.carrier == carrier)
    }

    @Test("a pair is shown from its fifth report on")
    func hidesTheFew() {
        var labels = RegionCarrierLabels()
        let pair = RegionCarrier(region: "eu", carrier: "c")
        for _ in 0..<4 { #expect(labels.admit(pair) == .other) }
        #expect(labels.admit(pair) == pair && labels.admit(pair) == pair)
    }

    @Test("the first 200 pairs are shown and no more")
    func boundsPairs() {
        var labels = RegionCarrierLabels()
        var shown: Set<RegionCarrier> = []
        for number in 0..<1000 {
            let pair = RegionCarrier(region: "r\(number)", carrier: "c")
            for _ in 0..<6 { shown.insert(labels.admit(pair)) }
        }
        #expect(shown.count == 201 && shown.contains(.other))
        #expect(labels.admit(RegionCarrier(region: "r199", carrier: "c")).region == "r199")
    }

    @Test("a flood of invented pairs shows none, and honest pairs still get through")
    func survivesFloods() {
        var labels = RegionCarrierLabels()
        var number = 0
        var isShown = false
        for filler in 0..<1500 { _ = labels.admit(RegionCarrier(region: "f\(filler)", carrier: "c")) }
        for _ in 0..<20 {
            for _ in 0..<100 {
                number += 1
                #expect(labels.admit(RegionCarrier(region: "x\(number)", carrier: "c")) == .other)
            }
            isShown = labels.admit(RegionCarrier(region: "eu", carrier: "c")).region == "eu" || isShown
        }
        #expect(isShown)
    }
}
