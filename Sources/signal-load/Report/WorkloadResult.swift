/// What one workload has shown; nil where it does not apply or could not be measured.
struct WorkloadResult: Sendable {
    let workload: Workload
    /// Over all named processes, Redis included.
    var cpuMicrosPerDelivery: Double?
    var redisCpuMicrosPerDelivery: Double?
    /// One connect, join and leave (W5).
    var cpuMicrosPerJoin: Double?
    var rssBytesPerConnection: Double?
    /// From the moment a message was due to its arrival.
    var latencyMicros: LatencyPercentiles?
    /// The same of Redis alone in the same run: published on one connection, heard on another.
    var redisFloorMicros: LatencyPercentiles?
    /// How late the tool itself sent (99 of 100 messages), in open loops; latencies contain it.
    var senderLatenessMicros: Double?
    /// In the measured time.
    var deliveries = 0
    var deliveriesPerSecond: Double?
    var joins: Int?
    /// Over the whole run, warm-up included.
    var lost = 0
    var duplicates = 0
    var outOfOrder = 0
    var redisCommandsPerSignal: Double?
    var redisBytesPerSignal: Double?
    var redisBytesPerLargeSignal: Double?
    /// Sentences; empty when all went well.
    var problems: [String]

    init(workload: Workload, problems: [String] = []) {
        (self.workload, self.problems) = (workload, problems)
    }

    /// - Parameters:
    ///   - load: gives CPU, throughput and Redis' figures.
    ///   - paced: gives the latency; the same run where a workload has only one.
    init(workload: Workload, load: ExchangeRun.Outcome, latencyFrom paced: ExchangeRun.Outcome) {
        self.init(workload: workload)
        cpuMicrosPerDelivery = load.perDelivery(load.cpuMicros)
        redisCpuMicrosPerDelivery = load.perDelivery(load.redisCPUMicros)
        deliveries = load.deliveries
        deliveriesPerSecond = load.seconds > 0 ? Double(load.deliveries) / load.seconds : nil
        redisCommandsPerSignal = load.perSignal(load.redisCommands)
        redisBytesPerSignal = load.perSignal(load.redisBytes)
        latencyMicros = LatencyPercentiles(nanoseconds: paced.latency)
        senderLatenessMicros = paced.lateness.percentile(0.99).map { Double($0) / 1_000 }
        include(load.faults)
        if load.deliveries == 0 { problems.append("nothing was delivered") }
    }

    /// True when everything that was sent arrived once and in order.
    var isClean: Bool { lost == 0 && duplicates == 0 && outOfOrder == 0 && problems.isEmpty }

    /// What is wrong, in one line.
    var faults: String {
        let counts = [(lost, "lost"), (duplicates, "repeated"), (outOfOrder, "out of order")]
        return (counts.filter { $0.0 > 0 }.map { "\($0) \($1)" } + problems).joined(separator: ", ")
    }

    mutating func include(_ faults: Faults) {
        lost += faults.lost
        duplicates += faults.duplicates
        outOfOrder += faults.outOfOrder
        problems += faults.sentences
    }
}

extension Faults {
    /// What the three counters do not say.
    var sentences: [String] {
        var sentences: [String] = []
        if misdirected > 0 { sentences.append("\(misdirected) messages arrived where they do not belong") }
        if refused > 0 {
            let hint =
                firstRefusal?.contains("rate_limited") == true
                ? " (start a node with RATE_LIMIT_MESSAGES_PER_MINUTE=0)" : ""
            sentences.append("the server refused \(refused) messages: \(firstRefusal ?? "")\(hint)")
        }
        if disconnected > 0 { sentences.append("\(disconnected) connections failed: \(firstDisconnect ?? "")") }
        return sentences
    }
}

extension WorkloadResult: Codable {
    private enum CodingKeys: String, CodingKey {
        case workload, cpuMicrosPerDelivery, redisCpuMicrosPerDelivery, cpuMicrosPerJoin, rssBytesPerConnection
        case latencyMicros, redisFloorMicros, senderLatenessMicros, deliveries, deliveriesPerSecond, joins, lost,
            duplicates, outOfOrder
        case redisCommandsPerSignal, redisBytesPerSignal, redisBytesPerLargeSignal, problems
    }

    /// Written by hand because what does not apply is `null`, not absent.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(workload, forKey: .workload)
        try container.encode(cpuMicrosPerDelivery, forKey: .cpuMicrosPerDelivery)
        try container.encode(redisCpuMicrosPerDelivery, forKey: .redisCpuMicrosPerDelivery)
        try container.encode(cpuMicrosPerJoin, forKey: .cpuMicrosPerJoin)
        try container.encode(rssBytesPerConnection, forKey: .rssBytesPerConnection)
        try container.encode(latencyMicros, forKey: .latencyMicros)
        try container.encode(redisFloorMicros, forKey: .redisFloorMicros)
        try container.encode(senderLatenessMicros, forKey: .senderLatenessMicros)
        try container.encode(deliveries, forKey: .deliveries)
        try container.encode(deliveriesPerSecond, forKey: .deliveriesPerSecond)
        try container.encode(joins, forKey: .joins)
        try container.encode(lost, forKey: .lost)
        try container.encode(duplicates, forKey: .duplicates)
        try container.encode(outOfOrder, forKey: .outOfOrder)
        try container.encode(redisCommandsPerSignal, forKey: .redisCommandsPerSignal)
        try container.encode(redisBytesPerSignal, forKey: .redisBytesPerSignal)
        try container.encode(redisBytesPerLargeSignal, forKey: .redisBytesPerLargeSignal)
        try container.encode(problems, forKey: .problems)
    }
}
