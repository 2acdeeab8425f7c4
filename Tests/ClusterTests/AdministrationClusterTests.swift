import Foundation
import SignalTestKit
import Testing

/// What operators see and do, and that nobody else does.
@Suite("Administration over three nodes", .serialized)
struct AdministrationClusterTests {
    @Test("the token of a user gets 403 from every verb, no token 401, and nothing happens")
    func userToken() async throws {
        let cluster = try await Cluster(nodes: 3, settings: Operator.settings)
        let admin = Operator(port: cluster.nodes[0].port)
        let user = Operator(port: cluster.nodes[1].port, token: try admin.roomToken())
        let bob = try await cluster.peer("bob", at: 2)
        let body = #"{"peerId":"bob"}"#
        for verb in ["kick", "mute", "unmute", "ban", "unban", "close", "open"] {
            #expect(try await user.verb(verb, body).status == 403, "\(verb)")
            let nobody = try await TestHTTP.post(
                "/admin/rooms/global/r/\(verb)", json: body, port: cluster.nodes[1].port)
            #expect(nobody.status == 401, "\(verb)")
        }
        for path in ["/admin/revocations", "/admin/drain", "/admin/undrain"] {
            #expect(try await user.post(path, #"{"subject":"x"}"#).status == 403, "\(path)")
            #expect(try await TestHTTP.post(path, json: "{}", port: cluster.nodes[1].port).status == 401, "\(path)")
        }
        for path in ["/admin/nodes", "/admin/rooms", "/admin/rooms/global/r", "/admin/events"] {
            #expect(try await user.get(path).status == 403, "\(path)")
            #expect(try await TestHTTP.get(path, port: cluster.nodes[1].port).status == 401, "\(path)")
        }
        #expect(try await user.delete("/admin/rooms/global/r/peers/bob").status == 403)
        #expect(try await TestHTTP.get("/readyz", port: cluster.nodes[1].port).status == 200)
        try await bob.send(#"{"type":"ping"}"#)
        _ = try await bob.next(type: "pong")
        #expect(try await admin.verb("jail", body).status == 404)
        #expect(try await TestHTTP.get("/admin/rooms/global/r/kick", port: cluster.nodes[0].port).status == 405)
    }

    @Test("a moderator of one room moderates it and no other, and a closing needs its own grant")
    func moderator() async throws {
        let cluster = try await Cluster(nodes: 2, settings: Operator.settings)
        let admin = Operator(port: cluster.nodes[0].port)
        let moderator = Operator(
            port: cluster.nodes[1].port, token: try admin.roomToken(#"["join","read","moderate"]"#))
        let bob = try await cluster.peer("bob", at: 0)
        #expect(try await moderator.verb("close", "{}").status == 403)
        #expect(try await moderator.post("/admin/rooms/global/other/kick", #"{"peerId":"bob"}"#).status == 403)
        #expect(try await moderator.get("/admin/rooms").status == 403)
        #expect(try await moderator.get("/admin/rooms/global/r").status == 200)
        #expect(try await moderator.verb("kick", #"{"peerId":"bob"}"#).status == 202)
        #expect(try await bob.expectClose(timeout: .seconds(1)).code == 4403)
        for body in [
            "{}", #"{"peerId":""}"#, #"{"peerId":"a b"}"#, #"{"subject":"\#(String(repeating: "x", count: 257))"}"#,
        ] {
            #expect(try await moderator.verb("ban", body).code == "target_missing", "\(body)")
        }
        #expect(try await moderator.verb("ban", #"{"peerId":7}"#).status == 400)
    }

    @Test("nodes and rooms of the whole cluster are listed from any node, page by page")
    func lists() async throws {
        let cluster = try await Cluster(nodes: 3, settings: Operator.settings)
        let admin = Operator(port: cluster.nodes[1].port)
        var peers: [TestPeer] = []
        for number in 0..<7 {
            let peer = try await TestPeer.connect(
                port: cluster.nodes[number % 3].port, namespace: "team", room: "a/b \(number)", peerID: "p\(number)")
            _ = try await peer.next(type: "welcome")
            peers.append(peer)
        }
        peers.append(try await cluster.peer("ann", at: 0))
        peers.append(try await cluster.peer("bob", at: 2))
        try await cluster.eventually("every node has told what it carries") {
            let nodes = try await admin.get("/admin/nodes").object["nodes"] as? [[String: Any]] ?? []
            return nodes.map { $0["name"] as? String } == ["node1", "node2", "node3"]
                && nodes.map { $0["sockets"] as? Int } == [4, 2, 3]
                && nodes.map { $0["rooms"] as? Int } == [4, 2, 3]
                && nodes.allSatisfy { $0["state"] as? String == "up" && $0["version"] as? String != "" }
        }
        var found: [String] = []
        var cursor = ""
        repeat {
            let page = try await admin.get("/admin/rooms?limit=3&prefix=team::&cursor=\(cursor)").object
            let rooms = page["rooms"] as? [[String: Any]] ?? []
            #expect(rooms.count <= 3)
            found += rooms.compactMap { $0["room"] as? String }
            cursor = page["cursor"] as? String ?? ""
        } while !cursor.isEmpty
        #expect(found == (0..<7).map { "a/b \($0)" })
        let all = try await admin.get("/admin/rooms?limit=100").object["rooms"] as? [[String: Any]] ?? []
        let own = all.first { $0["room"] as? String == "r" }
        #expect(own?["peers"] as? Int == 2)
        #expect(own?["nodes"] as? [String] == ["node1", "node3"])
        let one = try await admin.get("/admin/rooms/team/a%2Fb%203").object
        let members = one["members"] as? [[String: Any]] ?? []
        #expect(members.map { $0["peerId"] as? String } == ["p3"])
        #expect(members.first?["node"] as? String == "node1")
        #expect(members.first?["dialect"] as? Int == 1)
        #expect(members.first?["away"] as? Bool == false)
    }

    @Test("a drain over HTTP turns new peers away, shows everywhere, and can be taken back")
    func drain() async throws {
        let cluster = try await Cluster(nodes: 2, settings: Operator.settings)
        let ann = try await cluster.peer("ann", at: 0)
        let admin = Operator(port: cluster.nodes[0].port)
        #expect(try await admin.post("/admin/drain").status == 202)
        #expect(try await TestHTTP.get("/readyz", port: cluster.nodes[0].port).status == 503)
        #expect(try await TestHTTP.get("/lb-ready", port: cluster.nodes[0].port).status == 404)
        let refused = await #expect(throws: TestPeer.Refused.self) {
            try await TestPeer.connect(port: cluster.nodes[0].port, room: "r", peerID: "bob")
        }
        #expect(refused?.answer.status == 503)
        let other = Operator(port: cluster.nodes[1].port)
        func state() async throws -> String? {
            let nodes = try await other.get("/admin/nodes").object["nodes"] as? [[String: Any]] ?? []
            return nodes.first { $0["name"] as? String == "node1" }?["state"] as? String
        }
        try await cluster.eventually("node2 sees it drain") { try await state() == "draining" }
        try await ann.send(#"{"type":"ping"}"#)
        _ = try await ann.next(type: "pong")
        #expect(try await admin.post("/admin/undrain").status == 202)
        #expect(try await TestHTTP.get("/readyz", port: cluster.nodes[0].port).status == 200)
        try await cluster.eventually("node2 sees it up") { try await state() == "up" }
        _ = try await cluster.peer("bob", at: 0)
    }

    @Test("events tell who came and went here, and what moderators decide anywhere")
    func events() async throws {
        let cluster = try await Cluster(nodes: 2, settings: Operator.settings)
        let connection = try await TestConnection.open(port: cluster.nodes[0].port)
        try await connection.send(
            TestHTTP.bytes("GET", "/admin/events", headers: [("Authorization", "Bearer \(Operator.token)")]))
        func sees(_ text: String) async throws {
            _ = try await connection.read(text) { bytes -> Bool? in
                String(decoding: bytes, as: UTF8.self).contains(text) ? true : nil
            }
        }
        try await sees("text/event-stream")
        try await sees(": listening")
        let ann = try await cluster.peer("ann", at: 0)
        try await sees(
            "event: joined\ndata: {\"peerId\":\"ann\",\"namespace\":\"global\",\"room\":\"r\",\"node\":\"node1\",\"at\":"
        )
        _ = try await Operator(port: cluster.nodes[1].port).verb("ban", #"{"peerId":"ann","reason":"spam"}"#)
        try await sees("event: moderation\ndata: {\"kind\":\"ban\",\"target\":\"peer:ann\"")
        try await sees("event: left\ndata: {\"peerId\":\"ann\"")
        _ = try await ann.expectClose()
        await connection.close()
    }

    @Test("every try is in the audit log, with who tried and what came of it")
    func audited() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "audit-\(UUID().uuidString).log")
        defer { try? FileManager.default.removeItem(at: file) }
        let cluster = try await Cluster(
            nodes: 1, settings: Operator.settings.merging(["AUDIT_LOG": file.path()]) { $1 })
        let admin = Operator(port: cluster.nodes[0].port)
        let user = Operator(port: cluster.nodes[0].port, token: try admin.roomToken())
        _ = try await admin.verb("ban", #"{"peerId":"bob","reason":"spam"}"#)
        _ = try await user.verb("kick", #"{"peerId":"ann"}"#)
        _ = try await admin.invitedToken()
        _ = try await admin.verb("mute", #"{"address":"203.0.113.77"}"#)
        _ = try await admin.post("/admin/drain")
        try await cluster.eventually("the log has the last of them") {
            try String(contentsOf: file, encoding: .utf8).contains("node.drain")
        }
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        func line(_ action: String) -> String { lines.last { $0.contains(#""\#(action)""#) }.map(String.init) ?? "" }
        #expect(line("moderation.ban").contains("peer:bob"))
        #expect(line("moderation.ban").contains("operator"))
        #expect(line("moderation.mute").contains(#""network:203.0.113.0/24""#), "an address only as its network")
        #expect(line("moderation.kick").contains("forbidden"))
        #expect(line("invite.issued").contains("operator"))
        #expect(line("invite.redeemed").contains("sub:invite:"))
        #expect(lines.allSatisfy { !$0.contains(Operator.token) && !$0.contains(user.token) })
    }

    /// A node with an audit log, and what stands in it once `action` has come.
    private func log(
        _ settings: [String: String] = [:], until action: String, _ body: (Cluster) async throws -> Void
    ) async throws -> [[String: Any]] {
        let file = FileManager.default.temporaryDirectory.appending(path: "audit-\(UUID().uuidString).log")
        defer { try? FileManager.default.removeItem(at: file) }
        let own = ["AUDIT_LOG": file.path()].merging(settings) { $1 }
        let cluster = try await Cluster(nodes: 1, settings: Operator.settings.merging(own) { $1 })
        try await body(cluster)
        var text = ""
        try await cluster.eventually("the log has \(action)") {
            text = try String(contentsOf: file, encoding: .utf8)
            return text.contains(action)
        }
        return try text.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test("looks, invites and tickets are in the audit log as well, refused ones included")
    func auditedLooks() async throws {
        let lines = try await log(["AUDIT_LINES_PER_SOURCE": "0"], until: "node.drain") { (cluster) async throws in
            let port = cluster.nodes[0].port
            let admin = Operator(port: port)
            let user = Operator(port: port, token: try admin.roomToken())
            let wanted = #"{"namespace":"global","room":"r","grants":["join","read"]}"#
            for path in ["/admin/nodes", "/admin/rooms", "/admin/rooms/global/r", "/admin/events"] {
                #expect(try await user.get(path).status == 403)
                #expect(try await TestHTTP.get(path, port: port).status == 401)
            }
            for path in ["/admin/nodes", "/admin/rooms", "/admin/rooms/global/r"] {
                #expect(try await admin.get(path).status == 200)
            }
            #expect(try await user.get("/invites?namespace=global&room=r").status == 403)
            #expect(try await user.post("/invites", wanted).status == 403)
            #expect(try await user.delete("/invites/0-\(String(repeating: "0", count: 32))").status == 404)
            #expect(try await user.post("/tickets", #"{"namespace":"global","room":"r"}"#).status == 201)
            #expect(try await user.post("/tickets", #"{"namespace":"global","room":"other"}"#).status == 403)
            for path in ["/invites", "/tickets"] {
                #expect(try await TestHTTP.post(path, json: wanted, port: port).status == 401)
            }
            #expect(try await admin.post("/admin/drain").status == 202)
        }
        func count(_ action: String, _ target: String?, _ actor: String, _ code: String?) -> Int {
            lines.count {
                $0["action"] as? String == action && (target == nil || $0["target"] as? String == target)
                    && ($0["actor"] as? String ?? "").hasPrefix(actor) && $0["code"] as? String == code
            }
        }
        for target in ["nodes", "rooms", "room", "events"] {
            #expect(count("admin.request", target, "sub:", "forbidden") == 1, "\(target)")
            #expect(count("admin.request", target, "anonymous", "unauthorized") == 1, "\(target)")
            #expect(count("admin.request", target, "operator", nil) == (target == "events" ? 0 : 1), "\(target)")
        }
        #expect(count("admin.request", "invites", "sub:", "forbidden") == 1)
        #expect(count("invite.issued", nil, "sub:", "forbidden") == 1)
        #expect(count("invite.issued", nil, "anonymous", "unauthorized") == 1)
        #expect(count("invite.revoked", nil, "sub:", "not_found") == 1)
        #expect(count("ticket.issued", nil, "sub:", nil) == 1)
        #expect(count("ticket.issued", nil, "sub:", "forbidden") == 1)
        #expect(count("ticket.issued", nil, "anonymous", "unauthorized") == 1)
    }

    @Test("the address that is banned stands in the audit log as its network only")
    func auditedAddress() async throws {
        let lines = try await log(until: "moderation.ban") { (cluster) async throws in
            let admin = Operator(port: cluster.nodes[0].port)
            #expect(try await admin.verb("ban", #"{"address":"203.0.113.77"}"#).status == 202)
        }
        let ban = try #require(lines.first { $0["action"] as? String == "moderation.ban" })
        #expect(ban["target"] as? String == "network:203.0.113.0/24")
        #expect(!"\(lines)".contains("203.0.113.77"))
    }

    @Test("an address that guesses has one line when it is locked out, and a flood of its tries some lines only")
    func auditedFlood() async throws {
        let lines = try await log(["TOKEN_FAILURES": "2"], until: "audit.closed") { (cluster) async throws in
            let guesser = Operator(port: cluster.nodes[0].port, token: "wrong")
            for _ in 0..<3 { #expect(try await guesser.post("/admin/undrain").status == 401) }
            for _ in 0..<100 { #expect(try await guesser.post("/admin/undrain").status == 429) }
            cluster.nodes[0].process.signal(SIGINT)
        }
        #expect(lines.count { $0["action"] as? String == "token.failures" } == 1)
        #expect(lines.count { $0["action"] as? String == "node.undrain" } == 9)
        let reduced = lines.first { $0["action"] as? String == "audit.reduced" }
        #expect(reduced?["detail"] as? String == "node.undrain 94")
    }
}
