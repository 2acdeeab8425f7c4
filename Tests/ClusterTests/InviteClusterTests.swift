import Foundation
import SignalTestKit
import Testing

/// Invites and tickets over three nodes (security.md row 13).
@Suite("Invites and tickets over three nodes", .serialized)
struct InviteClusterTests {
    @Test(
        "of 200 that redeem an invite with 10 uses at once over three nodes, exactly 10 get in, and one of one use",
        arguments: [1, 10])
    func exactly(uses: Int) async throws {
        // Without a key of its own: the derived one signs. All have one address, and 190 wrong codes are a guesser's.
        let settings = Operator.settings.filter { $0.key != "JWT_KEYS_FILE" }
        let cluster = try await Cluster(
            nodes: 3, settings: settings.merging(["RATE_LIMIT_EXEMPT_CIDRS": "127.0.0.1"]) { $1 })
        let admin = Operator(port: cluster.nodes[0].port)
        let invite = try await admin.invite(uses: uses)
        let ports = cluster.nodes.map(\.port)
        let answers = try await withThrowingTaskGroup(of: TestHTTP.Answer.self) { group in
            for number in 0..<200 {
                group.addTask {
                    try await TestHTTP.post(
                        "/invites/redeem", json: #"{"code":"\#(invite.code)"}"#, port: ports[number % 3],
                        timeout: .seconds(30))
                }
            }
            var answers: [TestHTTP.Answer] = []
            for try await answer in group { answers.append(answer) }
            return answers
        }
        let admitted = answers.filter { $0.status == 200 }
        #expect(admitted.count == uses)
        #expect(answers.count { $0.status == 404 && $0.code == "invite_invalid" } == 200 - uses)
        #expect(Set(admitted.compactMap { $0.object["token"] as? String }).count == uses)
        let listed = try await admin.get("/invites?namespace=club&room=r").object
        #expect((listed["invites"] as? [[String: Any]])?.first?["uses"] as? Int == uses)
        for (index, answer) in admitted.enumerated() {
            let token = try #require(answer.object["token"] as? String)
            let peer = try await TestPeer.connect(
                port: ports[index % 3], namespace: "club", room: "r", peerID: "p\(index)", query: [("token", token)])
            _ = try await peer.next(type: "welcome")
        }
    }

    @Test("whoever tries codes is answered late, then 429 like whoever tries tokens, and good codes too")
    func guesses() async throws {
        let cluster = try await Cluster(
            nodes: 1, settings: Operator.settings.merging(["TOKEN_FAILURES": "2"]) { $1 })
        let port = cluster.nodes[0].port
        let invite = try await Operator(port: port).invite(uses: 2)
        func redeem(_ code: String) async throws -> Int {
            try await TestHTTP.post("/invites/redeem", json: #"{"code":"\#(code)"}"#, port: port).status
        }
        #expect(try await redeem(invite.code) == 200)
        for _ in 0..<3 { #expect(try await redeem(String(repeating: "0", count: 28)) == 404) }
        #expect(try await redeem(invite.code) == 429)
        let metrics = try await TestHTTP.get("/metrics", port: port).body
        #expect(metrics.contains("\nbs_ws_rate_limited_total 1\n"), "a refusal by this limit is counted")
    }

    @Test("a retry under the same session takes no second use, and gets in after the last one too")
    func idempotent() async throws {
        let cluster = try await Cluster(nodes: 3, settings: Operator.settings)
        let invite = try await Operator(port: cluster.nodes[0].port).invite(uses: 1)
        for node in cluster.nodes {
            let answer = try await TestHTTP.post(
                "/invites/redeem", json: #"{"code":"\#(invite.code)","sid":"one-and-the-same"}"#, port: node.port)
            #expect(answer.status == 200)
        }
        let other = try await TestHTTP.post(
            "/invites/redeem", json: #"{"code":"\#(invite.code)","sid":"another"}"#, port: cluster.nodes[0].port)
        #expect(other.status == 404)
    }

    @Test("unknown, malformed, used, revoked and expired invites look the same")
    func alike() async throws {
        let cluster = try await Cluster(nodes: 2, settings: Operator.settings)
        let admin = Operator(port: cluster.nodes[0].port)
        let used = try await admin.invite()
        let revoked = try await admin.invite()
        let expired = try await admin.invite(expiresIn: 1_000)
        func redeem(_ code: String) async throws -> TestHTTP.Answer {
            try await TestHTTP.post(
                "/invites/redeem", json: #"{"code":"\#(code)"}"#, port: cluster.nodes[1].port)
        }
        #expect(try await redeem(used.code).status == 200)
        #expect(try await admin.delete("/invites/\(revoked.id)").status == 204)
        try await cluster.eventually("the invite has run out") {
            let listed = try await admin.get("/invites?namespace=club&room=r").body
            return !listed.contains(expired.id)
        }
        let codes = [used.code, revoked.code, expired.code, String(repeating: "0", count: 28), "nonsense"]
        var bodies: Set<String> = []
        for code in codes {
            let answer = try await redeem(code)
            #expect(answer.status == 404)
            bodies.insert(answer.body)
        }
        #expect(bodies.count == 1)
        #expect(try await admin.delete("/invites/0-\(String(repeating: "0", count: 32))").status == 404)
    }

    @Test("an invite gives no more than its issuer has, and only moderators make and see them")
    func rights() async throws {
        let cluster = try await Cluster(nodes: 2, settings: Operator.settings)
        let admin = Operator(port: cluster.nodes[0].port)
        let invite = try await admin.invite()
        let moderator = Operator(
            port: cluster.nodes[1].port, token: try await admin.invitedToken(#"["join","read","moderate"]"#))
        let member = Operator(port: cluster.nodes[1].port, token: try await admin.invitedToken())
        let wanted = #"{"namespace":"club","room":"r","grants":["join","read"]}"#
        #expect(try await moderator.post("/invites", wanted).status == 201)
        let delete = #"{"namespace":"club","room":"r","grants":["join","delete"]}"#
        #expect(try await moderator.post("/invites", delete).code == "invite_grants")
        let elsewhere = #"{"namespace":"club","room":"other","grants":["join","read"]}"#
        #expect(try await moderator.post("/invites", elsewhere).status == 403)
        for answer in [
            try await member.post("/invites", wanted), try await member.get("/invites?namespace=club&room=r"),
        ] { #expect(answer.status == 403) }
        #expect(try await member.delete("/invites/\(invite.id)").status == 404, "as if it were not there")
        let nobody = try await TestHTTP.post("/invites", json: wanted, port: cluster.nodes[0].port)
        #expect(nobody.status == 401)
        for bad in [#""maxUses":0"#, #""maxUses":1.5"#, #""maxUses":1e9"#, #""expiresInMs":0"#, #""expiresInMs":1e18"#]
        {
            let answer = try await admin.post("/invites", #"{"namespace":"club","room":"r",\#(bad)}"#)
            #expect(answer.code == "invite_bounds", "\(bad)")
        }
    }

    @Test("a ticket opens one socket of its room and peer on any node, and no second one")
    func tickets() async throws {
        let cluster = try await Cluster(nodes: 3, settings: Operator.settings)
        let admin = Operator(port: cluster.nodes[0].port)
        let member = Operator(port: cluster.nodes[1].port, token: try await admin.invitedToken())
        func ticket() async throws -> String {
            let answer = try await member.post("/tickets", #"{"namespace":"club","room":"r","peerId":"ann"}"#)
            #expect(answer.status == 201)
            return answer.object["ticket"] as? String ?? ""
        }
        func connect(_ ticket: String, room: String = "r", as name: String? = "ann") async throws -> TestPeer {
            try await TestPeer.connect(
                port: cluster.nodes[2].port, namespace: "club", room: room, peerID: name, query: [("ticket", ticket)])
        }
        let first = try await ticket()
        let ann = try await connect(first)
        #expect(try await ann.next(type: "welcome")["peerId"] == "ann")
        let again = await #expect(throws: TestPeer.Refused.self) { try await connect(first) }
        #expect(again?.answer.status == 401)
        let second = try await ticket()
        let asBob = await #expect(throws: TestPeer.Refused.self) { try await connect(second, as: "bob") }
        #expect(asBob?.answer.status == 403)
        let third = try await ticket()
        let elsewhere = await #expect(throws: TestPeer.Refused.self) { try await connect(third, room: "other") }
        #expect(elsewhere?.answer.status == 401)
        let nobody = try await TestHTTP.post(
            "/tickets", json: #"{"namespace":"club","room":"r"}"#, port: cluster.nodes[0].port)
        #expect(nobody.status == 401)
    }

    @Test("a public room has no invites: who asks for one is told so, and the room stays open")
    func publicRooms() async throws {
        let cluster = try await Cluster(nodes: 1, settings: Operator.settings)
        let admin = Operator(port: cluster.nodes[0].port)
        let answer = try await admin.post("/invites", #"{"namespace":"global","room":"r"}"#)
        #expect(answer.status == 409 && answer.code == "room_public")
        let moderator = Operator(
            port: cluster.nodes[0].port, token: try admin.roomToken(#"["join","read","moderate"]"#))
        #expect(try await moderator.post("/invites", #"{"namespace":"global","room":"r"}"#).code == "room_public")
        let member = Operator(port: cluster.nodes[0].port, token: try admin.roomToken())
        #expect(try await member.post("/invites", #"{"namespace":"global","room":"r"}"#).status == 403)
        _ = try await cluster.peer("anybody", at: 0)
    }

    @Test("in a closed room, and from a banned address, an invite is not redeemed, and no use is taken")
    func moderated() async throws {
        let cluster = try await Cluster(nodes: 2, settings: Operator.settings)
        let admin = Operator(port: cluster.nodes[0].port)
        let invite = try await admin.invite()
        func redeem() async throws -> TestHTTP.Answer {
            try await TestHTTP.post(
                "/invites/redeem", json: #"{"code":"\#(invite.code)"}"#, port: cluster.nodes[1].port)
        }
        for (verb, back, body) in [("close", "open", "{}"), ("ban", "unban", #"{"address":"127.0.0.1"}"#)] {
            #expect(try await admin.post("/admin/rooms/club/r/\(verb)", body).status == 202)
            try await cluster.eventually("the other node knows", within: .seconds(1)) {
                try await redeem().code == "invite_invalid"
            }
            #expect(try await admin.get("/invites?namespace=club&room=r").body.contains(#""uses":0"#))
            #expect(try await admin.post("/admin/rooms/club/r/\(back)", body).status == 202)
        }
        try await cluster.eventually("it is redeemed", within: .seconds(1)) { try await redeem().status == 200 }
    }

    @Test("an operator's token buys no ticket, and opens /admin in the header alone")
    func operators() async throws {
        let cluster = try await Cluster(nodes: 1, settings: Operator.settings)
        let admin = Operator(port: cluster.nodes[0].port)
        #expect(try await admin.post("/tickets", #"{"namespace":"club","room":"r"}"#).status == 403)
        for path in ["/admin/nodes", "/admin/rooms", "/admin/rooms/global/r", "/admin/events"] {
            let query = try await TestHTTP.get("\(path)?token=\(Operator.token)", port: admin.port)
            #expect(query.status == 401, "\(path)")
        }
        let drain = try await TestHTTP.post("/admin/drain?token=\(Operator.token)", json: "{}", port: admin.port)
        #expect(drain.status == 401)
        #expect(try await admin.get("/admin/nodes").status == 200)
    }
}
