import Backplane
import NIOCore
import SignalDomain
import Testing

/// The scripts exist twice: in Lua, and as Swift functions that the model explores. The same seeded calls must have the
/// same replies and publish the same frames, whatever the clock says.
@Suite("The Lua scripts and their Swift twins")
struct DifferentialTests {
    @Test("answer and publish alike, in every way that there is")
    func alike() async throws {
        var unseen = Set(Self.outcomes)
        for seed: UInt64 in 1...3 {
            let memory = try await Self.transcript(.memory, seed: seed)
            let redis = try await Self.transcript(.redis, seed: seed)
            Self.compare(memory, redis, "seed \(seed)")
            unseen = unseen.filter { outcome in !memory.contains { $0.contains(outcome) } }
        }
        #expect(unseen.isEmpty, "no seed came to these")
    }

    /// What the calls must have come to for the comparison to mean anything.
    static let outcomes = [
        "-> joined", "-> denied", "-> stale", "-> inUse", "-> full", "-> fenced", "-> left true", "-> updated true",
        "-> updated false", "-> stored", "-> passed", "sent(Backplane.SendOutcome.notFound)",
        "sent(Backplane.SendOutcome.full)", "inbox [\"signal", "inbox [\"undeliverable", "got S", "got directed",
        "got confirmed", "got undeliverable",
        "-> sanctions 0", "-> sanctions 1", "-> sanctions 2", "got sanction", "got kick", "-> invite nil",
        "uses 2 of 2", "revoked true", "-> ticket nil", "-> ticket d::",
        "-> unknown", "got dead", "silence", "-> agreed(true)", "-> agreed(false)", "-> mismatched", "-> claimed(true)",
        "-> claimed(false)", "-> rooms []", "-> rooms [\"d::", "described", "-> beat [0000000000000003]",
    ]

    /// Rules that a script can be loaded without.
    static let scripted: [(String, Guards)] = [
        ("compareAndDelete", .compareAndDelete), ("durableSweep", .durableSweep), ("renewOnly", .renewOnly),
        ("announceDeletes", .announceDeletes), ("storedBeforeAck", .storedBeforeAck),
        ("undeliverTells", .undeliverTells),
    ]

    @Test("answer and publish alike, and not as before, when both lack a rule", arguments: scripted.map(\.0))
    func alikeWithout(_ name: String) async throws {
        let rule = try #require(Self.scripted.first { $0.0 == name }).1
        let memory = try await Self.transcript(.memory, seed: 4, without: rule)
        let redis = try await Self.transcript(.redis, seed: 4, without: rule)
        Self.compare(memory, redis, name)
        let whole = try await Self.transcript(.memory, seed: 4)
        let isDifferent = memory != whole
        #expect(isDifferent, "nothing depends on \(name)")
    }

    private static func compare(_ memory: [String], _ redis: [String], _ title: String) {
        for (index, (one, other)) in zip(memory, redis).enumerated() where one != other {
            Issue.record(
                """
                \(title), line \(index):
                swift: \(one)
                lua:   \(other)
                after  \(memory[max(0, index - 12)..<index].joined(separator: "\n       "))
                """)
            return
        }
        #expect(memory.count == redis.count)
    }

    /// Calls and what came of them, with clock values replaced by their order.
    private static func transcript(_ kind: Rig.Kind, seed: UInt64, without guards: Guards = []) async throws -> [String]
    {
        try await Rig.run(
            kind, leaseMs: 60_000, heartbeatMs: 5_000,
            limits: InboxLimits(entries: 5, bytes: 200, ttlMs: 36_000_000, emptyTTLMs: 36_000_000),
            moderation: ModerationBounds(
                sanctions: 9, sanctionsPerRoom: 4, sanctionsPerNamespace: 5, invitesPerRoom: 8), without: guards
        ) { rig in
            let nodes = [try await rig.node(1), try await rig.node(2), try await rig.node(3)]
            var random = SeededRandom(seed: seed)
            var script = Script()
            for step in 0..<1_000 {
                let node = nodes[Int.random(in: 0..<3, using: &random)]
                if Int.random(in: 0..<100, using: &random) == 0 {
                    try rig.pass(61_000)
                    script.lines.append("\(step) silence")
                }
                let command = script.command(node.node, &random)
                // An inbox that begins anew within the millisecond of its last letter may use that ID again.
                if script.mayEndInboxes(command) { try await Task.sleep(for: .milliseconds(2)) }
                let reply = try await node.call(command)
                script.learn(command, reply)
                script.lines.append("\(step) \(script.normal(command)) -> \(script.normal(reply))")
            }
            // An echo closes each inbox: whatever was published before is in it.
            _ = try await nodes[2].call(.register(nodes[2].node, NodeInfo(name: "back", version: "1")))
            for node in nodes {
                for frame in try await node.told() {
                    let line = script.normal(frame)
                    script.lines.append("\(node.node) got \(line)")
                }
            }
            return script.lines
        }
    }
}

/// Draws commands, and writes replies without what depends on the clock.
private struct Script {
    var lines: [String] = []
    private let room = try! RoomKey(namespace: "d", room: "x|y z")  // a constant valid name
    /// Another one of the same namespace.
    private let next = try! RoomKey(namespace: "d", room: "x")  // a constant valid name
    private var serial: UInt64 = 100
    private var known: [PeerID: MemberRecord] = [:]
    /// Letters that went into an inbox, each known by its payload, which no other has.
    private var stored: [(session: SessionID, payload: ByteBuffer)] = []
    private var ids: [ByteBuffer: InboxID] = [:]
    private var invites: [InviteID] = []

    mutating func command(_ node: NodeInstance, _ random: inout SeededRandom) -> BackplaneCommand {
        serial += 1
        let name = peer(["ann", "bob", "cid", "dan"].randomElement(using: &random) ?? "ann")
        let owner = ["ip:1", "ip:2", "sub:x|y"].randomElement(using: &random) ?? "ip:1"
        let isLegacy = Bool.random(using: &random)
        var record = MemberRecord(
            node: node, session: SessionID(high: 0, low: isLegacy ? serial : UInt64.random(in: 1...3, using: &random)),
            connectionNumber: isLegacy ? 0 : UInt64.random(in: 1...9, using: &random),
            connection: ConnectionID(bits: serial), owner: owner,
            resumeDigest: Int.random(in: 0..<4, using: &random) == 0 ? "bb" : "aa", flags: isLegacy ? .legacy : [],
            joinedAt: 7, metadata: #"{"a":"|"}"#)
        if Int.random(in: 0..<4, using: &random) == 0 { record.flags.insert(.unheard) }
        switch Int.random(in: 0..<64, using: &random) {
        case 0..<8:
            if Int.random(in: 0..<3, using: &random) > 0, let held = known[name] {
                record.session = held.session
                record.connectionNumber = held.connectionNumber + UInt64.random(in: 0...3, using: &random)
                record.resumeDigest = held.resumeDigest
            }
            var join = JoinCommand(
                room: room, peer: name, record: record, capacity: 3,
                takeover: Int.random(in: 0..<8, using: &random) == 0 ? .anyone : .sameOwner,
                hasProof: Int.random(in: 0..<3, using: &random) > 0)
            join.mustResume = join.hasProof && Int.random(in: 0..<3, using: &random) == 0
            return .join(join)
        case 8..<11:
            let held = known[name] ?? record
            return .leave(
                LeaveCommand(
                    room: room, peer: name, node: held.node, connection: held.connection,
                    reason: LeaveReason.allCases.randomElement(using: &random) ?? .left))
        case 11..<14:
            record.generation = UInt64.random(in: 0...1, using: &random)
            if Bool.random(using: &random) { record.flags.insert(.island) }
            if Bool.random(using: &random), let held = known[name] { record = held }
            return .announce(
                AnnounceCommand(
                    room: room, node: node, previous: [NodeInstance(bits: 9)],
                    entries: [.init(peer: name, record: record)], isLast: Int.random(in: 0..<4, using: &random) > 0,
                    lostJoins: Bool.random(using: &random)
                        ? known.sorted { $0.key.text < $1.key.text }.map {
                            .init(peer: $0.key, connection: $0.value.connection)
                        } : []))
        case 14..<18:
            let held = known[name] ?? record
            return .update(
                UpdateCommand(
                    room: room, peer: name, node: held.node, connection: held.connection,
                    flags: [[], .away, .unheard, [.legacy, .island]].randomElement(using: &random) ?? [],
                    metadata: ["", "{\"m\":\"|\n\"}"].randomElement(using: &random) ?? ""))
        case 18..<29: return .send(letter(to: name, for: record.session, from: node, &random))
        case 29..<32: return .confirm(confirmation(by: node, &random))
        case 32: return .retire(NodeInstance(bits: 3), leaseMs: 0)
        case 33: return .register(NodeInstance(bits: 3), NodeInfo(name: "back", version: "1"))
        case 34: return .sweep(room, dead: NodeInstance(bits: UInt64.random(in: 1...4, using: &random)), cursor: 0)
        case 35: return .count(room)
        case 36: return .sync(room)
        case 40..<56: return moderation(name, &random)
        case 56..<64: return lives(node, &random)
        case 37: return .nodes
        default: return .heartbeat(node, sequence: serial, report: report(&random))
        }
    }

    /// What becomes of nodes, and of the third one above all, which comes and goes.
    private func lives(_ node: NodeInstance, _ random: inout SeededRandom) -> BackplaneCommand {
        let third = NodeInstance(bits: 3)
        let someone = Bool.random(using: &random) ? third : node
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<2: return .index(someone, room)
        case 2: return .unindex(someone, room)
        case 3..<5: return .roomsOfDead(someone)
        case 5..<8: return .claimSweep(dead: third, by: node)
        case 8..<10: return .finishSweep(dead: someone)
        case 10..<12: return .compareShards(["", "others"].randomElement(using: &random) ?? "")
        case 12: return .register(third, NodeInfo(name: "stranger", version: "1", shards: "others"))
        case 13..<16: return .retire(third, leaseMs: 0)
        case 16..<18: return .heartbeat(third, sequence: serial)
        case 18:
            return .describe(
                someone, NodeInfo(name: "described", version: "2|", isDraining: Bool.random(using: &random)))
        default: return .touch([room])
        }
    }

    private mutating func moderation(_ name: PeerID, _ random: inout SeededRandom) -> BackplaneCommand {
        let far: Int64 = 99_999_999_999_000
        switch Int.random(in: 0..<16, using: &random) {
        case 0..<5:
            let entries = (0..<Int.random(in: 1...2, using: &random)).map { _ in
                let target: Sanction.Target = Bool.random(using: &random) ? .peer(name) : .subject("x|y")
                let ends = [nil, nil, far, far, 1].randomElement(using: &random) ?? nil
                return SanctionEntry(
                    Sanction(
                        Bool.random(using: &random) ? .ban : .mute, of: target,
                        in: Int.random(in: 0..<3, using: &random) > 0 ? room : next, reason: "a|b",
                        expiresAt: ends),
                    stamp: [0, 5, far].randomElement(using: &random) ?? 0, isLifted: Bool.random(using: &random))
            }
            return .sanction(entries, isNew: Int.random(in: 0..<3, using: &random) > 0)
        case 5: return .sanctions
        case 6: return .kick(room, name)
        case 7..<9:
            guard let id = InviteID(shard: 0, digest: String(serial + 10_000_000) + String(repeating: "a", count: 24))
            else { return .sanctions }
            invites.append(id)
            return .createInvite(
                Invite(
                    id: id, room: room, grants: .member, maxUses: 2,
                    expiresAt: Int.random(in: 0..<4, using: &random) == 0 ? 1 : far))
        case 9..<13:
            guard let id = invites.suffix(3).randomElement(using: &random) else { return .invites(room) }
            return .redeemInvite(id, redeemer: ["r1", "r2", "r3"].randomElement(using: &random) ?? "r1")
        case 13:
            guard let id = invites.suffix(5).randomElement(using: &random) else { return .invites(room) }
            return Bool.random(using: &random) ? .revokeInvite(id) : .invite(id)
        case 14:
            let holder = TicketHolder(room: room, principal: Principal(subject: "s|", grants: .all, peer: name))
            return .storeTicket(digest: "t\(serial % 2)", holder, ttlMs: 36_000_000)
        default:
            return [.takeTicket(digest: "t\(serial % 2)"), .invites(room), .occupancy(room)]
                .randomElement(using: &random) ?? .sanctions
        }
    }

    /// Few addresses or more than are kept, with many equal totals.
    private func report(_ random: inout SeededRandom) -> NodeReport {
        let count = [0, 0, 3, 3, 3, 3, 3, 300].randomElement(using: &random) ?? 0
        let loads = (0..<count).map { _ in
            AddressLoad(
                code: AddressCode(bits: UInt64.random(in: 0..<400, using: &random) &* 0x9E37_79B9_7F4A_7C15),
                connections: Int.random(in: 0...2, using: &random), messages: Int.random(in: 0...3, using: &random))
        }
        return NodeReport(sockets: Int.random(in: 0...1, using: &random), rooms: 7, loads: loads)
    }

    /// A directed signal to a peer, mostly from a member and mostly reliable, of few or many bytes.
    private func letter(
        to name: PeerID, for session: SessionID, from node: NodeInstance, _ random: inout SeededRandom
    ) -> SendCommand {
        let sender = known.keys.sorted { $0.text < $1.text }.randomElement(using: &random) ?? peer("eve")
        let isStored = Int.random(in: 0..<5, using: &random) > 0
        let filling = String(repeating: "\u{0}", count: Int.random(in: 0...60, using: &random))
        let letter = Letter(
            from: sender, session: known[sender]?.session ?? session, node: node,
            number: Bool.random(using: &random) ? serial : UInt64.max - serial * (serial % 2), id: "\"i\(serial)\"",
            payload: ByteBuffer(string: "{\"n\":\(serial),\"f\":\"\(filling)\"}"))
        let meant = Int.random(in: 0..<4, using: &random) == 0 ? known[name]?.session ?? session : nil
        return SendCommand(
            room: room, to: name, session: Int.random(in: 0..<12, using: &random) == 0 ? session : meant,
            letter: letter, isStored: isStored)
    }

    /// Confirms some of the last letters of one session, whether or not they are still there.
    private func confirmation(by node: NodeInstance, _ random: inout SeededRandom) -> ConfirmCommand {
        let session = stored.suffix(6).randomElement(using: &random)?.session ?? SessionID(high: 0, low: 1)
        let letters = stored.suffix(10).filter { $0.session == session }.map(\.payload)
        let chosen = letters.filter { _ in Bool.random(using: &random) }
        return ConfirmCommand(
            room: room, session: session, ids: chosen.compactMap { ids[$0] },
            receipts: [
                .init(node: node, numbers: [serial, .max]), .init(node: NodeInstance(bits: 1), numbers: []),
            ], level: Bool.random(using: &random) ? .received : .written)
    }

    func mayEndInboxes(_ command: BackplaneCommand) -> Bool {
        switch command {
        case .join, .leave, .announce, .sweep: true
        default: false
        }
    }

    mutating func learn(_ command: BackplaneCommand, _ reply: BackplaneReply) {
        if case .join(let join) = command, case .joined(let place) = reply { known[join.peer] = place.record }
        if case .send(let send) = command, case .sent(.stored(let id, let session, _)) = reply {
            stored.append((session, send.letter.payload))
            ids[send.letter.payload] = id
        }
        if case .snapshot(let snapshot) = reply { known = snapshot.members }
    }

    func normal(_ command: BackplaneCommand) -> String {
        switch command {
        case .join(let join): "join \(join.peer) \(normal(join.record)) \(join.takeover)"
        case .leave(let leave): "leave \(leave.peer) \(leave.connection) \(leave.reason)"
        case .announce(let announce):
            "announce \(announce.entries.map { "\($0.peer) \(normal($0.record))" }) \(announce.isLast)"
        case .confirm(let confirm):
            "confirm \(confirm.session.text) \(confirm.ids.count) \(confirm.receipts) \(confirm.level)"
        case .heartbeat(let node, _, let report): "heartbeat \(node) \(report.loads.count)"
        default: "\(command)"
        }
    }

    mutating func normal(_ reply: BackplaneReply) -> String {
        switch reply {
        case .joined(let place):
            "joined \(normal(place.record)) \(sorted(place.interest)) \(place.replaced.map(normal) ?? "-") "
                + "inbox \(place.inbox.map { normal($0) }) \(place.inbox.map(\.id) == place.inbox.map(\.id).sorted())"
        case .announced(let lost, let waiting):
            "announced \(lost) "
                + waiting.map { "\($0.peer) \($0.session.text) \($0.entries.map { normal($0) })" }.joined(
                    separator: " ")
        case .left(let version): "left \(version != nil)"
        case .updated(let version): "updated \(version != nil)"
        case .sent(.stored(_, let session, let node)): "stored \(session.text) \(node)"
        case .sent(.passed(let session, let node)): "passed \(session.text) \(node)"
        case .registered: "registered"
        case .beat(let beat):
            "beat \(beat.dead) \(beat.nodes) \(sorted(beat.totals.connections)) \(sorted(beat.totals.messages))"
        case .nodes(let nodes): "nodes \(nodes.map { "\($0.node) \($0.info) \($0.report)" })"
        case .snapshot(let snapshot):
            "snapshot \(snapshot.members.sorted { $0.key.text < $1.key.text }.map { "\($0.key) \(normal($0.value))" }) "
                + "\(sorted(snapshot.interest))"
        case .sanctions(let entries): "sanctions \(entries.count) \(entries.map { normal($0) })"
        case .ticket(let holder): "ticket \(holder?.text ?? "nil")"
        case .invite(let invite): "invite \(invite.map { normal($0) } ?? "nil")"
        case .invites(let invites): "invites \(invites.map { normal($0) })"
        case .rooms(let rooms): "rooms \(rooms.map(\.text).sorted())"
        case .occupancy(let counts): "occupancy \(sorted(counts))"
        default: "\(reply)"
        }
    }

    private func normal(_ invite: Invite) -> String {
        "\(invite.id) \(invite.room) \(invite.grants.names) uses \(invite.uses) of \(invite.maxUses) "
            + "until \(invite.expiresAt) revoked \(invite.isRevoked)"
    }

    /// Stamps of the clock are not comparable, those that the script chose are.
    private func normal(_ entry: SanctionEntry) -> String {
        let isOurs = entry.stamp < 1_000 || entry.stamp > 9_999_999_999_999
        return "\(entry.id) \(isOurs ? "\(entry.stamp)" : "clock") \(entry.isLifted) "
            + "\(entry.sanction.expiresAt.map { "\($0)" } ?? "never") \(entry.sanction.reason)"
    }

    mutating func normal(_ frame: InboxFrame) -> String {
        switch frame {
        case .joined(_, _, let peer, let record): "J \(peer) \(normal(record))"
        case .left(_, _, let peer, let departure):
            "L \(peer) \(departure.node) \(departure.connection) \(departure.reason)"
        case .sanction(let entry): "sanction \(normal(entry))"
        case .letter(_, let peer, let session, let entry): "S \(peer) \(session.text) \(normal(entry))"
        default: "\(frame)"
        }
    }

    /// A letter, and whether its ID is the one under which it was seen before.
    private mutating func normal(_ entry: InboxEntry) -> String {
        let letter = entry.letter
        let seen = ids.updateValue(entry.id, forKey: letter.payload)
        let id = seen.map { $0 == entry.id ? "known" : "another" } ?? "new"
        return "\(letter.kind) \(letter.from) \(letter.session.text) \(letter.node) \(letter.number) \(letter.id) "
            + "\(String(buffer: letter.payload)) \(id) ID"
    }

    private func sorted(_ interest: [NodeInstance: Int]) -> String {
        "\(interest.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })"
    }

    private func sorted(_ totals: [AddressCode: Int]) -> String {
        "\(totals.sorted { $0.key < $1.key }.map { "\($0.key.bits)=\($0.value)" })"
    }

    /// Everything of a record but its times.
    private func normal(_ record: MemberRecord) -> String {
        "\(record.node) \(record.session.text) \(record.connectionNumber) \(record.connection) \(record.owner) "
            + "\(record.flags.rawValue) \(record.metadata)"
    }
}
