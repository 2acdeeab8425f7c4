import NIOCore

/// Opens many connections that do nothing and weighs the servers before and after.
struct IdleRun: Sendable {
    let settings: BenchSettings
    let meter: Meter
    let loops: [any EventLoop]

    struct Outcome: Sendable {
        var rssBytesPerConnection: Double?
        var faults = Faults()
    }

    /// The first hundredth of the clients only touches the server's code and tables; it is not weighed.
    func run() async throws -> Outcome {
        var random = SystemRandomNumberGenerator()
        let run = String(UInt32.random(in: .min ... .max, using: &random), radix: 36)
        let seats = try Seat.rooms(
            of: 2, count: settings.connections, endpoints: [settings.endpoints[0]], dialect: settings.dialect, run: run,
            using: &random)
        try OpenFileLimit.raise(to: seats.count + 100)
        let count = loops.count
        let lanes = try await Lanes(on: loops) { lane, loop in
            Crowd(seats: Array(seats[seats.count * lane / count..<seats.count * (lane + 1) / count]), loop: loop)
        }
        do {
            let outcome = try await weigh(lanes)
            try await leave(lanes)
            return outcome
        } catch {
            try? await leave(lanes)
            throw error
        }
    }

    private func weigh(_ lanes: Lanes<Crowd>) async throws -> Outcome {
        let timeout = TimeAmount(seconds: settings.connectTimeoutSeconds)
        try await lanes.all { $0.connect(max(1, $0.clients.count / 100), timeout: timeout) }
        try await Task.sleep(for: .seconds(settings.settleSeconds))
        let before = try meter.residentBytes()
        let connectedBefore = try await lanes.each(\.connected).reduce(0, +)

        try await lanes.all { $0.connect($0.clients.count, timeout: timeout) }
        try await Task.sleep(for: .seconds(settings.settleSeconds + settings.seconds))
        let after = try meter.residentBytes()
        let weighed = try await lanes.each(\.connected).reduce(0, +) - connectedBefore

        var outcome = Outcome()
        if let before, let after, weighed > 0 {
            outcome.rssBytesPerConnection = (Double(after) - Double(before)) / Double(weighed)
        }
        for (losses, first) in try await lanes.each({ ($0.losses, $0.firstLoss) }) {
            outcome.faults = outcome.faults + Faults(disconnected: losses, firstDisconnect: first)
        }
        return outcome
    }

    private func leave(_ lanes: Lanes<Crowd>) async throws {
        try await lanes.all { $0.leave(patience: .seconds(5)) }
    }
}
