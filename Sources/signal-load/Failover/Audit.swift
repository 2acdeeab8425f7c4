import FailoverHistory
import SignalDomain

/// Reads what Redis holds of every room, and what the processes have used, into the history.
struct Audit {
    let recorder: HistoryRecorder

    /// The members of each room by Redis, as docs/cluster.md names its keys.
    func rooms(_ rooms: [(number: Int, name: String)], at redis: RedisAddress) async throws {
        let keys = try rooms.map { try RoomKey(namespace: Fleet.namespace, room: $0.name).text }
        let replies = try await redis.pipeline(keys.map { ["HKEYS", "bs:1:{\($0)}:m"] })
        for (room, reply) in zip(rooms, replies) {
            let members = reply.elements.compactMap(\.string).map(PeerNames.client)
            recorder.record(.audit(room: room.number, source: .redis, members: members))
        }
    }

    /// CPU and memory of the nodes, and how often they found themselves fenced; a node that has ended says nothing.
    func nodes(_ nodes: [NodeServer]) async {
        for node in nodes {
            guard let usage = await node.usage() else { continue }
            recorder.record(
                .sample(
                    node: node.name, rssBytes: usage.residentBytes, cpuMicros: usage.cpuMicros,
                    refences: usage.refences))
        }
    }

    /// Commands and CPU of Redis since its start.
    func redis(at redis: RedisAddress) async throws {
        let replies = try await redis.pipeline([["INFO", "stats"], ["INFO", "cpu"]])
        let lines = replies.compactMap(\.string).joined(separator: "\n").split(whereSeparator: \.isNewline)
        func field(_ name: String) -> Double? {
            lines.first { $0.hasPrefix("\(name):") }.flatMap { Double($0.dropFirst(name.count + 1)) }
        }
        guard let commands = field("total_commands_processed"), let user = field("used_cpu_user"),
            let system = field("used_cpu_sys")
        else { throw RigFailure("INFO of Redis misses its counters") }
        recorder.record(.redis(commands: Int(commands), cpuMicros: Int((user + system) * 1_000_000)))
    }
}
