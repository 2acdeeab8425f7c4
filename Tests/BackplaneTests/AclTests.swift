import Backplane
import Foundation
import Logging
import NIOCore
import NIOPosix
import RedisWire
import SignalDomain
import SignalTestKit
import Testing

@testable import RedisBackplane

/// The user that docs/redis.md tells operators to make.
@Suite("The rights of a node in Redis")
struct AclTests {
    /// The words of the rule behind `ACL SETUSER signal`, with `password` for `PASSWORD`.
    private func documentedRule(password: String) throws -> [String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/redis.md"), encoding: .utf8)
        let start = try #require(text.range(of: "ACL SETUSER signal "))
        let end = try #require(text.range(of: "```", range: start.upperBound..<text.endIndex))
        let words = text[start.upperBound..<end.lowerBound].split(whereSeparator: \.isWhitespace)
        return words.map { $0 == ">PASSWORD" ? ">\(password)" : String($0) }
    }

    @Test("the documented commands are those of the scripts and links, none more and none less")
    func documentedCommands() throws {
        let documented = Set(try documentedRule(password: "p").filter { $0.hasPrefix("+") }.map { $0.dropFirst() })
        let call = #/redis\.p?call\('([A-Z]+)'/#
        let inScripts = Script.allCases.flatMap { $0.source.matches(of: call).map(\.output.1) }
        let plain = ["sadd", "srem", "srandmember", "sscan", "hlen", "publish", "zrem"]
        let ofLinks = ["ping", "role", "client|setname", "script|load", "evalsha", "subscribe"]
        let used = Set((inScripts.map { $0.lowercased() } + plain + ofLinks).map { Substring($0) })
        #expect(documented.subtracting(used) == [], "documented, but never sent")
        #expect(used.subtracting(documented) == [], "docs/redis.md lacks these")
    }

    private static func letter(from record: MemberRecord) -> Letter {
        Letter(
            from: peer("ann"), session: record.session, node: record.node, number: 1, id: "1",
            payload: ByteBuffer(string: "{}"))
    }

    @Test("a node with the documented user can do everything, and Redis has refused nothing")
    func everyCommand() async throws {
        let server = try RedisServer()
        try server.command(["ACL", "SETUSER", "signal"] + documentedRule(password: "secret"))
        let url = RedisURL(
            host: "127.0.0.1", port: server.port, username: "signal", password: RedisPassword("secret"))
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let make: @Sendable (any EventLoop) -> any Backplane = { loop in
            let settings = RedisBackplaneSettings(address: .server(url))
            return RedisBackplane(settings: settings, on: loop, logger: Logger(label: "test"))
        }
        let a = try await RigNode.connect(NodeInstance(bits: 1), on: loop, make)
        let b = try await RigNode.connect(NodeInstance(bits: 2), on: loop, make)
        for node in [a, b] { _ = try await node.call(.register(node.node, NodeInfo(name: "n", version: "1"))) }
        let room = try RoomKey(namespace: "team", room: "r")
        _ = try await a.call(.index(a.node, room))
        let ann = try await a.join(room, "ann", member(a, 1))
        _ = try await b.join(room, "bob", member(b, 2))
        let registration = RendezvousRegistration(
            peer: peer("http"), addresses: ["tcp://h:1"], metadata: "{}", ttlMs: 60_000, owner: "ip:1")
        let commands: [BackplaneCommand] = [
            .heartbeat(a.node, sequence: 7), .sync(room), .count(room), .touch([room]), .compareShards("others"),
            .describe(a.node, NodeInfo(name: "n", version: "2")),
            .update(
                UpdateCommand(
                    room: room, peer: peer("ann"), node: a.node, connection: ann.record.connection,
                    flags: [.legacy, .away], metadata: "{}")),
            .send(SendCommand(room: room, to: peer("bob"), letter: Self.letter(from: ann.record), isStored: true)),
            .confirm(
                ConfirmCommand(
                    room: room, session: member(b, 2).session, ids: [InboxID(milliseconds: 1, sequence: 0)],
                    receipts: [.init(node: a.node, numbers: [1])], level: .received)),
            .announce(
                AnnounceCommand(
                    room: room, node: a.node, previous: [NodeInstance(bits: 9)],
                    entries: [.init(peer: peer("ann"), record: ann.record)], isLast: true)),
            .rendezvousRegister(room, registration), .rendezvousDiscover(room, limit: 10, after: nil),
            .rendezvousReserve(RendezvousReservation(holder: "h", item: "i", ttlMs: 1_000), limit: 1),
            .rendezvousRelease(RendezvousReservation(holder: "h", item: "i", ttlMs: 0)),
            .rendezvousChanges(room, after: 0, limit: 10), .rendezvousChanges(room, after: 0, limit: 10),
            .rendezvousUnregister(room, peer("http"), owner: "ip:1"), .rendezvousChanges(room, after: 0, limit: 10),
            .leave(a.leaving(room, "ann", member(a, 1))),
            .unindex(a.node, room), .sweep(room, dead: NodeInstance(bits: 9), cursor: 0),
            .claimSweep(dead: NodeInstance(bits: 9), by: a.node), .roomsOfDead(NodeInstance(bits: 9)),
            .finishSweep(dead: NodeInstance(bits: 9)), .kick(room, peer("bob")), .sanctions, .occupancy(room),
            .sanction([SanctionEntry(Sanction(.ban, of: .subject("s"), in: room, expiresAt: .max / 2))], isNew: true),
            .storeTicket(digest: "t", TicketHolder(room: room, principal: .anonymous), ttlMs: 1_000),
            .takeTicket(digest: "t"), .createInvite(try invite(in: room)), .invites(room),
            .invite(try invite(in: room).id), .redeemInvite(try invite(in: room).id, redeemer: "r"),
            .redeemInvite(try invite(in: room).id, redeemer: "s"), .revokeInvite(try invite(in: room).id),
            .roomsOfNode(a.node, cursor: 0), .nodes,
            .heartbeat(
                a.node, sequence: 8,
                report: NodeReport(loads: [.init(code: .init(bits: 1), connections: 1, messages: 1)])),
            .heartbeat(a.node, sequence: 9), .retire(a.node, leaseMs: 1_000),
        ]
        for command in commands {
            let reply = try await a.call(command)
            guard case .send = command, case .sent(.stored(let id, let session, _)) = reply else { continue }
            _ = try await a.call(
                .confirm(ConfirmCommand(room: room, session: session, ids: [id], receipts: [], level: .received)))
        }
        // Both ways to publish: to one node, and the script for several.
        for (payload, nodes) in [("one", [b.node]), ("two", [a.node, b.node])] {
            var batch = InboxBatch()
            batch.append(.broadcast(room, from: peer("ann"), payload: ByteBuffer(string: payload)))
            await a.publish(batch.bytes, to: nodes)
        }
        _ = try await b.next {
            if case .broadcast(_, _, let payload) = $0 { payload == ByteBuffer(string: "two") } else { false }
        }
        #expect(await b.payloads == ["one", "two"])
        #expect(try server.command(["ACL", "LOG"]) == "")
        #expect(try server.command(["CLIENT", "LIST"]).contains("name=signal-node-inbox"))
        await a.close()
        await b.close()
    }
}
