import NIOCore

/// One measured exchange: connect, settle, warm up, measure, drain, check, leave.
struct ExchangeRun: Sendable {
    let roomSize: Int
    let rooms: Int
    let messageBytes: Int
    let pacing: Pacing
    let endpoints: [Endpoint]
    let settings: BenchSettings
    let meter: Meter
    let loops: [any EventLoop]

    struct Outcome: Sendable {
        var sent = 0
        var deliveries = 0
        var seconds = 0.0
        var cpuMicros: Double?
        var redisCPUMicros: Double?
        var redisCommands: Int?
        var redisBytes: Int?
        var latency = Histogram()
        var lateness = Histogram()
        var faults = Faults()

        func perDelivery(_ value: Double?) -> Double? {
            deliveries > 0 ? value.map { $0 / Double(deliveries) } : nil
        }

        /// - Parameter besides: what would have been there without any signal, per second.
        func perSignal(_ value: Int?, besides: Double = 0) -> Double? {
            sent > 0 ? value.map { (Double($0) - besides * seconds) / Double(sent) } : nil
        }
    }

    func run() async throws -> Outcome {
        let lanes = try await makeLanes()
        do {
            try await lanes.all {
                $0.crowd.connect($0.crowd.clients.count, timeout: TimeAmount(seconds: settings.connectTimeoutSeconds))
            }
            try await Task.sleep(for: .seconds(settings.settleSeconds))
            let outcome = try await measure(lanes)
            try await lanes.all { $0.crowd.leave(patience: .seconds(1)) }
            return outcome
        } catch {
            try? await lanes.all { $0.crowd.leave(patience: .seconds(1)) }
            throw error
        }
    }

    private func measure(_ lanes: Lanes<Exchange>) async throws -> Outcome {
        try await lanes.each { $0.start() }
        try await Task.sleep(for: .seconds(settings.warmUpSeconds))

        let redisBefore = try await meter.redis?.counters()
        let before = try await lanes.each { $0.beginRecording() }
        let (cpuBefore, began) = (try meter.cpu(), NIODeadline.now())
        try await Task.sleep(for: .seconds(settings.seconds))
        let after = try await lanes.each { $0.endRecording() }
        let (cpuAfter, ended) = (try meter.cpu(), NIODeadline.now())
        let redisAfter = try await meter.redis?.counters()

        try await lanes.each { $0.stop() }
        try await drain(lanes)

        var outcome = Outcome()
        for (before, after) in zip(before, after) {
            outcome.sent += after.sent - before.sent
            outcome.deliveries += after.deliveries - before.deliveries
        }
        outcome.seconds = Double((ended - began).nanoseconds) / 1e9
        outcome.cpuMicros = CPUReading.microseconds(from: cpuBefore.total, to: cpuAfter.total)
        outcome.redisCPUMicros = CPUReading.microseconds(from: cpuBefore.redis, to: cpuAfter.redis)
        if let redisBefore, let redisAfter {
            outcome.redisCommands = redisAfter.commands - redisBefore.commands
            outcome.redisBytes = redisAfter.bytes - redisBefore.bytes
        }
        for histogram in try await lanes.each(\.latency) { outcome.latency.merge(histogram) }
        for histogram in try await lanes.each(\.lateness) { outcome.lateness.merge(histogram) }
        for faults in try await lanes.each({ $0.verdict() }) { outcome.faults = outcome.faults + faults }
        return outcome
    }

    /// Ends shortly after the last missing delivery, or after `quietSeconds` without any.
    private func drain(_ lanes: Lanes<Exchange>) async throws {
        let started = NIODeadline.now().uptimeNanoseconds
        while true {
            try await Task.sleep(for: .milliseconds(20))
            let states = try await lanes.each { ($0.outstanding, $0.lastDelivery) }
            let isComplete = states.allSatisfy { $0.0 == 0 }
            let last = max(started, states.map(\.1).max() ?? 0)
            let quiet = Double(NIODeadline.now().uptimeNanoseconds - last) / 1e9
            // A repeat may still follow the last delivery.
            if quiet >= (isComplete ? min(0.1, settings.quietSeconds) : settings.quietSeconds) { return }
        }
    }

    private func makeLanes() async throws -> Lanes<Exchange> {
        var random = SystemRandomNumberGenerator()
        let run = String(UInt32.random(in: .min ... .max, using: &random), radix: 36)
        let seats = try Seat.rooms(
            of: roomSize, count: rooms * roomSize, endpoints: endpoints, dialect: settings.dialect, run: run,
            using: &random)
        try OpenFileLimit.raise(to: seats.count + 100)
        let lanes = min(loops.count, rooms)
        let pacing =
            switch pacing {
            case .closed: pacing
            case .open(let perSecond): Pacing.open(perSecond: perSecond / Double(lanes))
            }
        return try await Lanes(on: Array(loops.prefix(lanes))) { lane, loop in
            let first = rooms * lane / lanes * roomSize
            let end = rooms * (lane + 1) / lanes * roomSize
            return Exchange(
                seats: Array(seats[first..<end]), firstSender: first, roomSize: roomSize, messageBytes: messageBytes,
                pacing: pacing, loop: loop)
        }
    }
}

extension TimeAmount {
    init(seconds: Double) {
        self = .nanoseconds(Int64(seconds * 1e9))
    }
}
