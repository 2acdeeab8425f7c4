import NIOCore

/// Measures what one visit (TCP connect, upgrade, join, leave, close) costs the servers.
struct ChurnRun: Sendable {
    let settings: BenchSettings
    let meter: Meter
    let loops: [any EventLoop]

    struct Outcome: Sendable {
        var visits = 0
        var seconds = 0.0
        var cpuMicrosPerVisit: Double?
        var faults = Faults()
    }

    func run() async throws -> Outcome {
        var random = SystemRandomNumberGenerator()
        let run = String(UInt32.random(in: .min ... .max, using: &random), radix: 36)
        let seats = try Seat.rooms(
            of: 2, count: settings.churners, endpoints: [settings.endpoints[0]], dialect: settings.dialect, run: run,
            using: &random)
        let count = loops.count
        let lanes = try await Lanes(on: loops) { lane, loop in
            Churn(seats: Array(seats[seats.count * lane / count..<seats.count * (lane + 1) / count]), loop: loop)
        }
        try await lanes.each { $0.start() }
        try await Task.sleep(for: .seconds(settings.warmUpSeconds))

        let before = try await lanes.each(\.visits).reduce(0, +)
        let (cpuBefore, began) = (try meter.cpu(), NIODeadline.now())
        try await Task.sleep(for: .seconds(settings.seconds))
        let after = try await lanes.each(\.visits).reduce(0, +)
        let (cpuAfter, ended) = (try meter.cpu(), NIODeadline.now())
        try await lanes.all { $0.stop(patience: TimeAmount(seconds: settings.quietSeconds)) }

        var outcome = Outcome(visits: after - before, seconds: Double((ended - began).nanoseconds) / 1e9)
        if outcome.visits > 0 {
            outcome.cpuMicrosPerVisit = CPUReading.microseconds(from: cpuBefore.total, to: cpuAfter.total)
                .map { $0 / Double(outcome.visits) }
        }
        for (failures, first) in try await lanes.each({ ($0.failures, $0.firstFailure) }) {
            outcome.faults = outcome.faults + Faults(disconnected: failures, firstDisconnect: first)
        }
        return outcome
    }
}
