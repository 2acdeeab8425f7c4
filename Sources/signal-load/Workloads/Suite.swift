import NIOCore

/// Runs workloads against one server or cluster and turns each into a result.
struct Suite: Sendable {
    let settings: BenchSettings
    let meter: Meter
    let loops: [any EventLoop]

    /// A workload that cannot run is a result with its reason as a problem.
    func run(_ workload: Workload) async -> WorkloadResult {
        do {
            switch workload {
            case .pairs: return try await pairs(workload, bytes: Workload.smallMessageBytes)
            case .largePairs: return try await pairs(workload, bytes: Workload.largeMessageBytes)
            case .fanOut: return try await fanOut()
            case .idle: return try await idle()
            case .churn: return try await churn()
            case .cluster: return try await cluster()
            }
        } catch {
            return WorkloadResult(workload: workload, problems: ["\(error)"])
        }
    }

    private func pairs(_ workload: Workload, bytes: Int) async throws -> WorkloadResult {
        let pacing = settings.pairRate.map(Pacing.open) ?? .closed(window: settings.window)
        let outcome = try await exchange(roomSize: 2, rooms: settings.rooms, bytes: bytes, pacing: pacing).run()
        return WorkloadResult(workload: workload, load: outcome, latencyFrom: outcome)
    }

    private func fanOut() async throws -> WorkloadResult {
        let pacing = settings.fanOutRate.map(Pacing.open) ?? .closed(window: settings.fanOutWindow)
        let outcome = try await exchange(
            roomSize: 50, rooms: settings.fanOutRooms, bytes: Workload.smallMessageBytes, pacing: pacing
        ).run()
        return WorkloadResult(workload: .fanOut, load: outcome, latencyFrom: outcome)
    }

    private func idle() async throws -> WorkloadResult {
        let outcome = try await IdleRun(settings: settings, meter: meter, loops: loops).run()
        var result = WorkloadResult(workload: .idle, problems: outcome.faults.sentences)
        result.rssBytesPerConnection = outcome.rssBytesPerConnection
        return result
    }

    private func churn() async throws -> WorkloadResult {
        let outcome = try await ChurnRun(settings: settings, meter: meter, loops: loops).run()
        var result = WorkloadResult(workload: .churn, problems: outcome.faults.sentences)
        result.joins = outcome.visits
        result.cpuMicrosPerJoin = outcome.cpuMicrosPerVisit
        if outcome.visits == 0 { result.problems.append("nobody came and left in \(settings.seconds) s") }
        return result
    }

    /// CPU at full load, latency and Redis' share at a fixed rate beside what Redis alone takes, and the bytes of large
    /// signals at a tenth of that rate.
    private func cluster() async throws -> WorkloadResult {
        guard settings.endpoints.count > 1 else {
            return WorkloadResult(workload: .cluster, problems: ["W6 needs two nodes: give --url twice"])
        }
        let small = Workload.smallMessageBytes
        let loaded = try await clusterExchange(bytes: small, pacing: .closed(window: settings.window)).run()
        let paced = try await clusterExchange(bytes: small, pacing: .open(perSecond: settings.rate)).run()
        var result = WorkloadResult(workload: .cluster, load: loaded, latencyFrom: paced)
        result.include(paced.faults)
        result.redisBytesPerSignal = paced.perSignal(paced.redisBytes)
        if let redis = meter.redis {
            let floor = try await RedisFloorRun(address: redis.address, settings: settings, loop: loops[0]).run()
            result.redisFloorMicros = LatencyPercentiles(nanoseconds: floor)
            let atRest = try await commandsPerSecondAtRest(of: redis)
            result.redisCommandsPerSignal = paced.perSignal(paced.redisCommands, besides: atRest)
            let pacing = Pacing.open(perSecond: settings.rate / 10)
            let large = try await clusterExchange(bytes: Workload.largeMessageBytes, pacing: pacing).run()
            result.include(large.faults)
            result.redisBytesPerLargeSignal = large.perSignal(large.redisBytes)
        }
        return result
    }

    /// What Redis does for nodes that have nothing to say, heartbeats above all: no signal asks for it.
    private func commandsPerSecondAtRest(of redis: RedisStatistics) async throws -> Double {
        let (before, began) = (try await redis.counters(), NIODeadline.now())
        try await Task.sleep(for: .seconds(settings.seconds))
        let (after, ended) = (try await redis.counters(), NIODeadline.now())
        return Double(after.commands - before.commands) / (Double((ended - began).nanoseconds) / 1e9)
    }

    private func clusterExchange(bytes: Int, pacing: Pacing) -> ExchangeRun {
        exchange(roomSize: 2, rooms: settings.rooms, bytes: bytes, pacing: pacing, endpoints: settings.endpoints)
    }

    private func exchange(
        roomSize: Int, rooms: Int, bytes: Int, pacing: Pacing, endpoints: [Endpoint]? = nil
    ) -> ExchangeRun {
        ExchangeRun(
            roomSize: roomSize, rooms: rooms, messageBytes: bytes, pacing: pacing,
            endpoints: endpoints ?? [settings.endpoints[0]], settings: settings, meter: meter, loops: loops)
    }
}
