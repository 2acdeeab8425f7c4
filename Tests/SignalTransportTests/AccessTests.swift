import SignalDomain
import SignalNode
import SignalTestKit
import Testing

/// Who gets in, over real sockets: invite rooms in namespace `n`, admin rooms in `a`, everything else public.
@Suite("Access over real sockets") struct AccessTests {
    static func run(
        _ configure: @Sendable (inout NodeConfiguration) -> Void = { _ in },
        _ body: (TestServer) async throws -> Void
    ) async throws {
        try await TestServer.run {
            $0.tokens.keysFile = "given by the test"
            $0.tokens.leewaySeconds = 0
            $0.policy.inviteNamespaces = ["n"]
            $0.policy.adminNamespaces = ["a"]
            configure(&$0)
        } _: { server in
            server.node.use(keys: try await RoomTokenKeys(jwks: TestKeys.set(TestKeys.hmac)))
            try await body(server)
        }
    }

    private func refusal(
        _ server: TestServer, namespace: String = "n", room: String = "r", peerID: String? = nil, token: String?
    ) async throws -> TestPeer.Refused? {
        do {
            _ = try await TestPeer.connect(
                port: server.port, namespace: namespace, room: room, peerID: peerID,
                query: token.map { [("token", $0)] } ?? [])
            return nil
        } catch let refused as TestPeer.Refused {
            return refused
        }
    }

    @Test("the handshake tells no token, a wrong one and one for elsewhere apart by status")
    func statuses() async throws {
        try await Self.run { server in
            let none = try await refusal(server, token: nil)
            #expect(none?.status == 401)
            #expect(none?.header("www-authenticate") == #"Bearer realm="signal""#)
            let wrong = try await refusal(server, token: "nonsense")
            #expect(wrong?.status == 401)
            #expect(wrong?.header("www-authenticate") == #"Bearer realm="signal", error="invalid_token""#)
            let expired = try await refusal(server, token: TestKeys.token("sue", seconds: -1))
            #expect(expired?.status == 401)
            for token in [
                TestKeys.token("sue", room: "q"), TestKeys.token("sue", namespace: "m"),
                TestKeys.token("sue", grants: [.read]), TestKeys.token("sue", peer: "other"),
            ] {
                #expect(try await refusal(server, peerID: "p", token: token)?.status == 403)
            }
            #expect(try await refusal(server, token: TestKeys.token("sue")) == nil)
            #expect(try await refusal(server, token: TestKeys.token("sue", room: "*")) == nil)
            let member = TestKeys.token("sue", namespace: "a")
            #expect(try await refusal(server, namespace: "a", token: member)?.status == 403)
            let moderator = TestKeys.token("sue", namespace: "a", grants: [.member, .moderate])
            #expect(try await refusal(server, namespace: "a", token: moderator) == nil)
            #expect(try await refusal(server, namespace: "global", token: nil) == nil)
        }
    }

    @Test("with closeCode=1 the same comes as 4401 and 4403")
    func closeCodes() async throws {
        try await Self.run { server in
            for (token, close) in [
                ("nonsense", TestClose(code: 4401, reason: "unauthorized")),
                (TestKeys.token("sue", room: "q"), TestClose(code: 4403, reason: "forbidden")),
            ] {
                let peer = try await TestPeer.connect(
                    port: server.port, namespace: "n", room: "r", query: [("closeCode", "1"), ("token", token)])
                #expect(try await peer.expectClose() == close)
            }
        }
    }

    @Test("dialect 2 may bring its token in the hello, and hears 4401 and 4403 there")
    func hello() async throws {
        try await Self.run { server in
            let sid = "aaaaaaaaaaaaaaaaaaaaaa"
            for (token, close) in [
                (nil, TestClose(code: 4401, reason: "unauthorized")),
                ("nonsense", TestClose(code: 4401, reason: "unauthorized")),
                (TestKeys.token("sue", room: "q"), TestClose(code: 4403, reason: "forbidden")),
                (TestKeys.token("sue", peer: "other"), TestClose(code: 4403, reason: "forbidden")),
            ] as [(String?, TestClose)] {
                let peer = try await TestPeer.connect(
                    port: server.port, namespace: "n", room: "r", peerID: "p", headers: [ReliablePeer.subprotocol])
                try await peer.send(
                    #"{"type":"hello","sid":"\#(sid)","cn":1,"token":\#(token.map { "\"\($0)\"" } ?? "null")}"#)
                #expect(try await peer.expectClose() == close)
            }
            let peer = try await TestPeer.connect(
                port: server.port, namespace: "n", room: "r", headers: [ReliablePeer.subprotocol])
            // What follows the hello in the same packet waits for the verdict.
            let token = TestKeys.token("sue", peer: "p", grants: [.join, .read])
            try await peer.sendRaw(
                TestFrame.text(#"{"type":"hello","sid":"\#(sid)","cn":1,"token":"\#(token)"}"#)
                    + TestFrame.text(#"{"type":"heartbeat"}"#))
            let welcome = try await peer.next()
            #expect(welcome.type == "welcome")
            #expect(welcome["peerId"] == "p")
            #expect(welcome.text.contains(#""grants":["join","read"]"#))
            #expect(try await peer.next().type == "heartbeat-ack")
        }
    }

    @Test("a token that runs out ends the live socket with 4401, in both dialects")
    func expiry() async throws {
        try await Self.run { server in
            let token = TestKeys.token("sue", seconds: 300)
            let one = try await TestPeer.connect(
                port: server.port, namespace: "n", room: "r", query: [("token", token)])
            let two = try await Self.reliable(server, "two", token: TestKeys.token("tom", seconds: 300))
            for peer in [one, two] { _ = try await peer.next(type: "welcome") }
            server.wall.advance(seconds: 301)
            for peer in [one, two] {
                #expect(try await peer.expectClose() == TestClose(code: 4401, reason: "token_expired"))
            }
            #expect(try await refusal(server, token: token)?.status == 401)
        }
    }

    /// A socket of dialect 2 that has said hello.
    static func reliable(_ server: TestServer, _ name: String, token: String) async throws -> TestPeer {
        let peer = try await TestPeer.connect(
            port: server.port, namespace: "n", room: "r", peerID: name, headers: [ReliablePeer.subprotocol])
        let sid = String(repeating: String(name.prefix(1)), count: 22)
        try await peer.send(#"{"type":"hello","sid":"\#(sid)","cn":1,"token":"\#(token)"}"#)
        return peer
    }

    @Test("auth renews a token of the same subject; any other changes nothing and is answered forbidden")
    func renewal() async throws {
        try await Self.run { server in
            let renewed = try await Self.reliable(server, "renewed", token: TestKeys.token("sue", seconds: 300))
            let stubborn = try await Self.reliable(server, "stubborn", token: TestKeys.token("tom", seconds: 300))
            for peer in [renewed, stubborn] { _ = try await peer.next(type: "welcome") }
            try await renewed.send(#"{"type":"auth","token":"\#(TestKeys.token("sue"))"}"#)
            for wrong in [
                "nonsense", TestKeys.token("sue"), TestKeys.token("tom", room: "q"), TestKeys.token("tom", seconds: -1),
                TestKeys.token("tom", peer: "other"),
            ] {
                try await stubborn.send(#"{"type":"auth","token":"\#(wrong)"}"#)
                #expect(try await stubborn.next(type: "error")["code"] == "forbidden")
            }
            server.wall.advance(seconds: 301)
            #expect(try await stubborn.expectClose() == TestClose(code: 4401, reason: "token_expired"))
            try await renewed.send(#"{"type":"heartbeat"}"#)
            #expect(try await renewed.next(type: "heartbeat-ack").type == "heartbeat-ack")
        }
    }

    @Test("renewed grants count at once, without write nothing is relayed, without read nothing arrives")
    func grants() async throws {
        try await Self.run { server in
            let mute = try await Self.reliable(server, "mute", token: TestKeys.token("sue", grants: [.join, .read]))
            _ = try await mute.next(type: "welcome")
            let deaf = try await Self.reliable(server, "deaf", token: TestKeys.token("tom", grants: [.join, .write]))
            _ = try await deaf.next(type: "welcome")
            let legacy = try await TestPeer.connect(
                port: server.port, namespace: "n", room: "r", peerID: "legacy",
                query: [("token", TestKeys.token("leo", grants: [.join, .read]))])
            _ = try await legacy.next(type: "welcome")

            try await mute.send(#"{"type":"offer","n":"1"}"#)
            #expect(try await mute.next(type: "error")["code"] == "forbidden")
            try await mute.send(#"{"type":"offer","n":"2","to":"legacy","id":"x"}"#)
            let directed = try await mute.next(type: "error")
            #expect(directed["code"] == "forbidden")
            #expect(directed["id"] == "x")
            try await mute.send(#"{"type":"presence","metadata":{"a":1}}"#)
            #expect(try await mute.next(type: "error")["code"] == "forbidden")
            try await legacy.send(#"{"type":"offer","n":"3"}"#)
            #expect(try await legacy.next(type: "error")["code"] == "forbidden")

            try await deaf.send(#"{"type":"offer","n":"4"}"#)
            #expect(try await legacy.next(type: "offer")["n"] == "4")
            try await mute.send(#"{"type":"auth","token":"\#(TestKeys.token("sue"))"}"#)
            try await mute.send(#"{"type":"heartbeat"}"#)
            // The renewal is decided on its own time; until then the answer stays forbidden.
            var isRelayed = false
            while !isRelayed {
                try await mute.send(#"{"type":"offer","n":"5","to":["legacy","deaf"],"id":"y"}"#)
                let answer = try await mute.first("a verdict") { ["error", "ack"].contains($0.type ?? "") }
                isRelayed = answer.type == "ack"
            }
            #expect(try await legacy.next(type: "offer")["n"] == "5")
            // Whatever came for the deaf peer would have come before its own ack.
            try await deaf.send(#"{"type":"heartbeat"}"#)
            while true {
                let message = try await deaf.next()
                #expect(message.type != "offer")
                if message.type == "heartbeat-ack" { break }
            }
        }
    }

    @Test("row 12: a room that is there answers like one that is not, to whoever may not enter")
    func enumeration() async throws {
        try await Self.run { server in
            let inside = try await TestPeer.connect(
                port: server.port, namespace: "n", room: "r", query: [("token", TestKeys.token("sue"))])
            _ = try await inside.next(type: "welcome")
            let foreign = TestKeys.token("tom", room: "q")
            for path in ["/bootstrap", "/rendezvous/discover"] {
                for token in [nil, "nonsense", foreign] {
                    let query = "?namespace=n&room=ROOM" + (token.map { "&token=\($0)" } ?? "")
                    let there = try await TestHTTP.get(
                        path + query.replacing("ROOM", with: "r"), port: server.port)
                    let absent = try await TestHTTP.get(
                        path + query.replacing("ROOM", with: "s"), port: server.port)
                    #expect(there.status == (token == foreign ? 403 : 401))
                    #expect(there.status == absent.status)
                    #expect(there.body == absent.body)
                    #expect(
                        there.headers.filter { $0.name != "date" }.map { "\($0)" }
                            == absent.headers.filter { $0.name != "date" }.map { "\($0)" })
                }
                let token = TestKeys.token("tom")
                let own = try await TestHTTP.get(
                    path + "?namespace=n&room=r", port: server.port, headers: [("Authorization", "Bearer \(token)")])
                #expect(own.status == 200)
            }
        }
    }

    @Test("bootstrap names the kind of the room")
    func kinds() async throws {
        try await Self.run { server in
            let open = try await TestHTTP.get("/bootstrap?namespace=global", port: server.port)
            #expect(TestMessage(text: open.body)["roomKind"] == "public")
            let token = TestKeys.token("sue")
            let invite = try await TestHTTP.get("/bootstrap?namespace=n&room=r&token=\(token)", port: server.port)
            #expect(TestMessage(text: invite.body)["roomKind"] == "invite")
        }
    }

    @Test("a registration needs the grant in its room, and belongs to the subject")
    func registration() async throws {
        try await Self.run { server in
            func register(_ token: String?) async throws -> Int {
                try await TestHTTP.post(
                    "/rendezvous/register", json: #"{"namespace":"n","room":"r","peerId":"p"}"#, port: server.port,
                    headers: token.map { [("Authorization", "Bearer \($0)")] } ?? []
                ).status
            }
            var statuses: [Int] = []
            for token in [
                nil, "nonsense", TestKeys.token("sue", grants: [.join]), TestKeys.token("sue", peer: "q"),
                TestKeys.token("sue"), TestKeys.token("tom"), TestKeys.token("sue"),
            ] {
                statuses.append(try await register(token))
            }
            #expect(statuses == [401, 401, 403, 403, 200, 403, 200])
        }
    }

    @Test("row 11: a peer ID is taken over by the same subject and by nobody else")
    func takeover() async throws {
        try await Self.run { server in
            let first = try await TestPeer.connect(
                port: server.port, namespace: "n", room: "r", peerID: "p", query: [("token", TestKeys.token("sue"))])
            _ = try await first.next(type: "welcome")
            #expect(try await refusal(server, peerID: "p", token: TestKeys.token("tom"))?.status == 409)
            let thief = try await Self.reliable(server, "p", token: TestKeys.token("tom"))
            #expect(try await thief.expectClose() == TestClose(code: 4409, reason: "in_use"))
            #expect(try await refusal(server, peerID: "p", token: TestKeys.token("sue")) == nil)
            #expect(try await first.expectClose() == TestClose(code: 4409, reason: "replaced"))
        }
    }

    @Test("a new policy closes the sessions that it no longer admits with 4403, and no other")
    func policyChange() async throws {
        try await Self.run { server in
            let guest = try await TestPeer.connect(port: server.port, room: "r", peerID: "guest")
            let holder = try await TestPeer.connect(
                port: server.port, namespace: "n", room: "r", peerID: "holder",
                query: [("token", TestKeys.token("sue"))])
            for peer in [guest, holder] { _ = try await peer.next(type: "welcome") }
            server.node.use(
                policy: RoomPolicy(fallback: RoomRules(kind: .invite, anonymous: [])))
            #expect(try await guest.expectClose() == TestClose(code: 4403, reason: "forbidden"))
            try await holder.send(#"{"type":"heartbeat"}"#)
            #expect(try await holder.next(type: "heartbeat-ack").type == "heartbeat-ack")
        }
    }

    @Test("rooms have the capacity and the write budgets of their rules; holders of tokens have no such budget")
    func rules() async throws {
        try await Self.run { server in
            server.node.use(
                policy: RoomPolicy(entries: [
                    .init(
                        namespace: .exact("global"), room: .exact("slow"),
                        rules: RoomRules(anonymousWritesPerMinute: 2)),
                    .init(
                        namespace: .exact("global"), room: .exact("crowd"),
                        rules: RoomRules(anonymousRoomWritesPerMinute: 3)),
                    .init(
                        namespace: .exact("global"), room: .exact("closed"),
                        rules: RoomRules(anonymousWritesPerMinute: 0)),
                    .init(namespace: .exact("global"), room: .exact("pair"), rules: RoomRules(capacity: 2)),
                ]))
            let ann = try await server.join("slow", peerID: "ann")
            let bob = try await server.join("slow", peerID: "bob")
            for number in 1...3 { try await ann.send(#"{"type":"m","n":"\#(number)"}"#) }
            #expect(try await ann.next(type: "error")["code"] == "rate_limited")
            try await bob.send(#"{"type":"m","n":"bob"}"#)
            #expect(try await ann.next(type: "m")["n"] == "bob")
            let token = TestKeys.token("sue", namespace: "global", room: "slow")
            let sue = try await TestPeer.connect(
                port: server.port, room: "slow", peerID: "sue", query: [("token", token)])
            _ = try await sue.next(type: "welcome")
            for number in 4...8 { try await sue.send(#"{"type":"m","n":"\#(number)"}"#) }
            for number in [1, 2, 4, 5, 6, 7, 8] { #expect(try await bob.next(type: "m")["n"] == "\(number)") }

            let cat = try await server.join("crowd", peerID: "cat")
            let dan = try await server.join("crowd", peerID: "dan")
            try await cat.send(#"{"type":"m","n":"1"}"#)
            try await cat.send(#"{"type":"m","n":"2"}"#)
            #expect(try await dan.next(type: "m")["n"] == "1")
            #expect(try await dan.next(type: "m")["n"] == "2")
            try await dan.send(#"{"type":"m","n":"3"}"#)
            #expect(try await cat.next(type: "m")["n"] == "3")
            for peer in [cat, dan] {
                try await peer.send(#"{"type":"m","n":"4"}"#)
                #expect(try await peer.next(type: "error")["code"] == "rate_limited")
            }

            let eve = try await server.join("closed", peerID: "eve")
            try await eve.send(#"{"type":"m"}"#)
            #expect(try await eve.next(type: "error")["code"] == "forbidden")

            let pair = [try await server.join("pair", peerID: "a"), try await server.join("pair", peerID: "b")]
            #expect(
                try await refusal(server, namespace: "global", room: "pair", peerID: "c", token: nil)?.status == 403)
            #expect(pair.count == 2)
        }
    }

    @Test("an operator's token opens every room and /admin; the shared token only public rooms")
    func operators() async throws {
        let shared = "c91cbbedf8c712e8e2b7517ddeca8fe4fde839ebd8339e0b2001363002b37712"  // SHA-256 of "dev-token"
        let admin = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  // SHA-256 of "abc"
        try await Self.run {
            $0.access.signalTokenSHA256 = [shared]
            $0.tokens.adminTokenSHA256 = [admin]
        } _: { server in
            #expect(try await refusal(server, namespace: "a", token: "abc") == nil)
            #expect(try await refusal(server, namespace: "n", token: "dev-token")?.status == 403)
            #expect(try await refusal(server, namespace: "global", token: "dev-token") == nil)
            #expect(try await refusal(server, namespace: "global", token: nil)?.status == 401)
            #expect(try await refusal(server, namespace: "global", token: TestKeys.token("s"))?.status == 403)
            let client = try #require(ClientAddress("192.0.2.1"))
            func status(_ token: String?) async -> Int {
                do throws(Refusal) {
                    let caller = Caller(authorization: token.map { "Bearer \($0)" }, queryToken: nil, client: client)
                    return try await server.node.nodesPage(for: caller).isEmpty ? 0 : 200
                } catch {
                    return error.status
                }
            }
            #expect(await status("abc") == 200)
            #expect(await status("dev-token") == 403)
            #expect(await status(TestKeys.token("sue", grants: .all)) == 403)
            #expect(await status("nonsense") == 401)
            #expect(await status(nil) == 401)
        }
    }

    @Test("every refusal gives the address its slot back, and every socket too")
    func slots() async throws {
        try await Self.run {
            $0.rates.connectionsPerIP = 1
        } _: { server in
            for _ in 0..<5 {
                #expect(try await refusal(server, token: "nonsense")?.status == 401)
                #expect(try await refusal(server, token: TestKeys.token("sue", room: "q"))?.status == 403)
            }
            let peer = try await TestPeer.connect(
                port: server.port, namespace: "n", room: "r", query: [("token", TestKeys.token("sue"))])
            _ = try await peer.next(type: "welcome")
            #expect(try await refusal(server, token: TestKeys.token("sue"))?.status == 429)
        }
    }
}
