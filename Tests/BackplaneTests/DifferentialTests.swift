import Backplane
import NIOCore
import SignalDomain
import Testing

/// The scripts exist twice: in Lua, and as Swift functions that the model explores. The same seeded calls must have the
/// same replies and publish the same frames, whatever the clock says.
@Suite("The Lua scripts and their Swift twins")
struct DifferentialTests {
    @Test("answer and publish alike", arguments: [UInt64(1), 2, 3])
    func alike(_ seed: UInt64) async throws {
        let memory = try await Self.transcript(.memory, seed: seed)
        let redis = try await Self.transcript(.redis, seed: seed)
        for (index, (one, other)) in zip(memory, redis).enumerated() {
            #expect(
                one == other,
                "seed \(seed), after \(memory[max(0, index - 8)..<index].joined(separator: "\n"))")
            if one != other { return }
        }
        #expect(memory.count == redis.count)
    }

    /// Calls and what came of them, with clock values replaced by their order.
    private static func transcript(_ kind: Rig.Kind, seed: UInt64) async throws -> [String] {
        try await Rig.run(kind) { rig in
            let nodes = [try await rig.node(1), try await rig.node(2), try await rig.node(3)]
            var random = SeededRandom(seed: seed)
            var script = Script()
            for step in 0..<400 {
                let node = nodes[Int.random(in: 0..<3, using: &random)]
                let command = script.command(node.node, &random)
                let reply = try await node.call(command)
                script.learn(command, reply)
                script.lines.append("\(step) \(script.normal(command)) -> \(script.normal(reply))")
            }
            // An echo closes each inbox: whatever was published before is in it.
            for node in nodes {
                _ = try await node.call(.heartbeat(node.node, sequence: 12_345))
                _ = try await node.next { $0 == .echo(sequence: 12_345) }
                script.lines += await node.seen.map { "\(node.node) got \(script.normal($0))" }
            }
            return script.lines
        }
    }
}

/// Draws commands, and writes replies without what depends on the clock.
private struct Script {
    var lines: [String] = []
    private let room = try! RoomKey(namespace: "d", room: "x|y z")  // a constant valid name
    private var serial: UInt64 = 100
    private var known: [PeerID: MemberRecord] = [:]

    mutating func command(_ node: NodeInstance, _ random: inout SeededRandom) -> BackplaneCommand {
        serial += 1
        let name = peer(["ann", "bob", "cid", "dan"].randomElement(using: &random) ?? "ann")
        let owner = ["ip:1", "ip:2", "sub:x|y"].randomElement(using: &random) ?? "ip:1"
        let isLegacy = Bool.random(using: &random)
        var record = MemberRecord(
            node: node, session: SessionID(high: 0, low: isLegacy ? serial : UInt64.random(in: 1...3, using: &random)),
            connectionNumber: isLegacy ? 0 : UInt64.random(in: 1...9, using: &random),
            connection: ConnectionID(bits: serial), owner: owner, flags: isLegacy ? .legacy : [], joinedAt: 7,
            metadata: #"{"a":"|"}"#)
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<8:
            return .join(
                JoinCommand(
                    room: room, peer: name, record: record, capacity: 3,
                    takeover: Int.random(in: 0..<8, using: &random) == 0 ? .anyone : .sameOwner))
        case 8..<13:
            let held = known[name] ?? record
            return .leave(
                LeaveCommand(
                    room: room, peer: name, node: held.node, connection: held.connection,
                    reason: LeaveReason.allCases.randomElement(using: &random) ?? .left))
        case 13..<16:
            record.generation = UInt64.random(in: 0...1, using: &random)
            if Bool.random(using: &random) { record.flags.insert(.island) }
            if Bool.random(using: &random), let held = known[name] { record = held }
            return .announce(
                AnnounceCommand(
                    room: room, node: node, previous: [NodeInstance(bits: 9)],
                    entries: [.init(peer: name, record: record)], isLast: Int.random(in: 0..<4, using: &random) > 0))
        case 16: return .sweep(room, dead: NodeInstance(bits: UInt64.random(in: 1...4, using: &random)), cursor: 0)
        case 17: return .count(room)
        case 18: return .sync(room)
        default: return .heartbeat(node, sequence: serial)
        }
    }

    mutating func learn(_ command: BackplaneCommand, _ reply: BackplaneReply) {
        if case .join(let join) = command, case .joined(let place) = reply { known[join.peer] = place.record }
        if case .snapshot(let snapshot) = reply { known = snapshot.members }
    }

    func normal(_ command: BackplaneCommand) -> String {
        switch command {
        case .join(let join): "join \(join.peer) \(normal(join.record)) \(join.takeover)"
        case .leave(let leave): "leave \(leave.peer) \(leave.connection) \(leave.reason)"
        case .announce(let announce):
            "announce \(announce.entries.map { "\($0.peer) \(normal($0.record))" }) \(announce.isLast)"
        default: "\(command)"
        }
    }

    func normal(_ reply: BackplaneReply) -> String {
        switch reply {
        case .joined(let place):
            "joined \(normal(place.record)) \(sorted(place.interest)) \(place.replaced.map(normal) ?? "-")"
        case .left(let version): "left \(version != nil)"
        case .beat(let beat): "beat \(beat.dead)"
        case .snapshot(let snapshot):
            "snapshot \(snapshot.members.sorted { $0.key.text < $1.key.text }.map { "\($0.key) \(normal($0.value))" }) "
                + "\(sorted(snapshot.interest))"
        default: "\(reply)"
        }
    }

    func normal(_ frame: InboxFrame) -> String {
        switch frame {
        case .joined(_, _, let peer, let record): "J \(peer) \(normal(record))"
        case .left(_, _, let peer, let departure):
            "L \(peer) \(departure.node) \(departure.connection) \(departure.reason)"
        default: "\(frame)"
        }
    }

    private func sorted(_ interest: [NodeInstance: Int]) -> String {
        "\(interest.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })"
    }

    /// Everything of a record but its times.
    private func normal(_ record: MemberRecord) -> String {
        "\(record.node) \(record.session.text) \(record.connectionNumber) \(record.connection) \(record.owner) "
            + "\(record.flags.rawValue) \(record.metadata)"
    }
}
