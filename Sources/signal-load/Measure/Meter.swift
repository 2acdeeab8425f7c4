/// Reads what the measured processes have used so far.
struct Meter: Sendable {
    let pids: [Int]
    let redisPid: Int?
    let redis: RedisStatistics?

    /// Nanoseconds of CPU; nil when no process was named.
    func cpu() throws -> CPUReading {
        CPUReading(
            nodes: pids.isEmpty ? nil : try pids.reduce(0) { try $0 + ProcessUsage.cpuNanoseconds(of: $1) },
            redis: try redisPid.map(ProcessUsage.cpuNanoseconds))
    }

    /// Resident bytes of the processes named by `pids`; nil when there are none.
    func residentBytes() throws -> UInt64? {
        pids.isEmpty ? nil : try pids.reduce(0) { try $0 + ProcessUsage.residentBytes(of: $1) }
    }
}

struct CPUReading: Sendable {
    let nodes: UInt64?
    let redis: UInt64?

    /// Nodes and Redis together; nil when no node was named.
    var total: UInt64? { nodes.map { $0 + (redis ?? 0) } }

    /// Never negative, should a thread have ended meanwhile.
    static func microseconds(from earlier: UInt64?, to later: UInt64?) -> Double? {
        guard let earlier, let later else { return nil }
        return Double(later >= earlier ? later - earlier : 0) / 1_000
    }
}
