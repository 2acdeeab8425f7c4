import Backplane
import SignalDomain
import Testing

/// The scripts of rendezvous exist twice, in Lua and in Swift: the same seeded calls must have the same replies.
@Suite("The Lua scripts of rendezvous and their Swift twins")
struct RendezvousDifferentialTests {
    private static let room = try! RoomKey(namespace: "d", room: "x|y z")  // a constant valid name

    @Test("answer alike", arguments: [UInt64(1), 2, 3])
    func alike(_ seed: UInt64) async throws {
        let memory = try await Self.transcript(.memory, seed: seed)
        let redis = try await Self.transcript(.redis, seed: seed)
        for (index, (one, other)) in zip(memory, redis).enumerated() where one != other {
            Issue.record("seed \(seed), line \(index):\nswift: \(one)\nlua:   \(other)")
            return
        }
        #expect(memory.count == redis.count)
        for outcome in ["-> registered", "-> other", "-> full", "-> new", "-> known", "-> +p", "-> -p", "more"] {
            #expect(memory.contains { $0.contains(outcome) }, "seed \(seed) never came to \(outcome)")
        }
    }

    private static func transcript(_ kind: Rig.Kind, seed: UInt64) async throws -> [String] {
        try await Rig.run(kind) { rig in
            let node = try await rig.node(1)
            var random = SeededRandom(seed: seed)
            var lines: [String] = []
            var position: Int64 = 0
            var joined: [String: UInt64] = [:]
            for step in 0..<800 {
                let name = "p\(Int.random(in: 0..<6, using: &random))"
                let owner = ["ip:1", "sub:a|b"][Int.random(in: 0..<2, using: &random)]
                let command: BackplaneCommand
                switch Int.random(in: 0..<11, using: &random) {
                case 0..<3:
                    let metadata = ["{}", #"{"a":"|"}"#][Int.random(in: 0..<2, using: &random)]
                    command = .rendezvousRegister(
                        room,
                        RendezvousRegistration(
                            peer: peer(name), addresses: ["a,b", "c|d"], metadata: metadata, ttlMs: 60_000, owner: owner
                        ))
                case 3, 8: command = .rendezvousUnregister(room, peer(name), owner: owner)
                case 4: command = .join(node.joining(room, name, member(node, UInt64(step), owner: owner)))
                case 5:
                    command = .leave(node.leaving(room, name, member(node, joined[name] ?? 0)))
                case 6: command = .rendezvousDiscover(room, limit: 3, after: nil)
                case 7:
                    let line = RendezvousReservation(holder: owner, item: name, ttlMs: 60_000)
                    command =
                        Bool.random(using: &random)
                        ? .rendezvousReserve(line, limit: 3) : .rendezvousRelease(line)
                default:
                    command = .rendezvousChanges(room, after: position, limit: Int.random(in: 1...3, using: &random))
                }
                let reply = try await node.call(command)
                if case .rendezvous(.changes(let found)) = reply { position = found.through }
                if case .joined = reply { joined[name] = UInt64(step) }
                lines.append("\(step) \(name) -> \(normal(reply))")
                if step % 50 == 49 { position = 0 }
            }
            return lines
        }
    }

    /// A reply without its times.
    private static func normal(_ reply: BackplaneReply) -> String {
        switch reply {
        case .rendezvous(.registered(let entry)): "registered \(entry.addresses) \(entry.metadata) \(entry.owner)"
        case .rendezvous(.refused(.otherOwner)): "other"
        case .rendezvous(.refused): "full"
        case .rendezvous(.reserved(let isNew)): isNew ? "new" : "known"
        case .rendezvous(.page(let page)): "\(page.entries.map(\.peer.text).sorted()) \(page.hasMore)"
        case .rendezvous(.changes(let found)):
            found.changes.map {
                switch $0 {
                case .registered(let entry): "+\(entry.peer) \(entry.metadata)"
                case .removed(let peer, _): "-\(peer)"
                }
            }.joined(separator: " ") + (found.hasMore ? " more" : "")
        case .joined: "joined"
        case .left(let version): "left \(version != nil)"
        default: "\(reply)"
        }
    }
}
