import Foundation
import SignalTestKit
import Testing

/// What a record may be, and how many there may be (security rows 14 and 15).
@Suite("The bounds of rendezvous", .serialized)
struct RendezvousBoundsTests {
    private func register(_ body: String, at node: NodeProcess) async throws -> TestHTTP.Answer {
        try await TestHTTP.post("/rendezvous/register", json: body, port: node.port)
    }

    @Test("row 15: the boundary table of a registration")
    func boundaryTable() async throws {
        let node = try NodeProcess("rv", settings: ["RENDEZVOUS_RECORDS_PER_ADDRESS": "0"])
        func record(_ member: String) -> String { #"{"room":"r","peerId":"p",\#(member)}"# }
        func metadata(bytes: Int) -> String {
            #""metadata":{"a":"\#(String(repeating: "x", count: bytes - 8))"}"#
        }
        func addresses(_ count: Int, bytes: Int) -> String {
            let one = "\"" + String(repeating: "a", count: bytes) + "\""
            return #""addresses":[\#(Array(repeating: one, count: count).joined(separator: ","))]"#
        }
        let nested = String(repeating: #"{"a":"#, count: 4) + "1" + String(repeating: "}", count: 4)
        let table: [(String, Int, String)] = [
            (metadata(bytes: 2_048), 200, #""ttlMs":60000"#), (metadata(bytes: 2_049), 400, "E_INVALID_METADATA"),
            (#""metadata":\#(nested)"#, 200, ""), (#""metadata":{"a":\#(nested)}"#, 400, "E_INVALID_METADATA"),
            (#""metadata":[]"#, 400, "invalid_metadata"),
            (addresses(16, bytes: 128), 200, ""), (addresses(17, bytes: 1), 400, "E_INVALID_ADDRESSES"),
            (addresses(1, bytes: 256), 200, ""), (addresses(1, bytes: 257), 400, "E_INVALID_ADDRESSES"),
            (addresses(1, bytes: 0), 400, "E_INVALID_ADDRESSES"), (#""addresses":[7]"#, 400, "invalid_addresses"),
            (#""ttlMs":1"#, 200, #""ttlMs":5000"#), (#""ttlMs":5000"#, 200, #""ttlMs":5000"#),
            (#""ttlMs":259200000"#, 200, #""ttlMs":259200000"#),
            (#""ttlMs":1e300"#, 200, #""ttlMs":259200000"#), (#""ttlMs":0"#, 400, "E_INVALID_TTL"),
            (#""ttlMs":-1"#, 400, "E_INVALID_TTL"), (#""ttlMs":"60000""#, 400, "E_INVALID_TTL"),
            (#""ttlMs":null"#, 400, "E_INVALID_TTL"), (#""ttlMs":NaN"#, 400, "invalid_json"),
        ]
        for (member, status, word) in table {
            let answer = try await register(record(member), at: node)
            #expect(
                answer.status == status && (word.isEmpty || answer.body.contains(word)),
                "\(member.prefix(60)): \(answer)")
        }
        for (limit, count) in [("0", 1), ("-5", 1), ("1", 1), ("1000", 3), ("999999999999999999999", 3), ("x", 3)] {
            for name in ["p", "q", "s"] { _ = try await register(#"{"room":"l","peerId":"\#(name)"}"#, at: node) }
            let page = try await TestHTTP.get("/rendezvous/discover?room=l&limit=\(limit)", port: node.port)
            #expect(TestMessage(text: page.body).objects("peers").count == count, "limit \(limit)")
        }
    }

    @Test("row 15: the 65th record of an address is refused on any node, also in another room; a refresh is not")
    func perAddress() async throws {
        let cluster = try await Cluster(nodes: 2)
        for number in 0..<64 {
            let body = #"{"room":"r\#(number % 3)","peerId":"p\#(number)"}"#
            #expect(try await register(body, at: cluster.nodes[number % 2]).status == 200)
        }
        let refused = try await register(#"{"room":"new","peerId":"p64"}"#, at: cluster.nodes[1])
        #expect(refused.status == 429 && refused.header("retry-after") != nil)
        #expect(refused.body.contains("E_UNAVAILABLE"))
        #expect(try await register(#"{"room":"r0","peerId":"p0"}"#, at: cluster.nodes[1]).status == 200)
        _ = try await TestHTTP.post(
            "/rendezvous/unregister", json: #"{"room":"r1","peerId":"p1"}"#, port: cluster.nodes[0].port)
        #expect(try await register(#"{"room":"new","peerId":"p64"}"#, at: cluster.nodes[1]).status == 200)
    }

    @Test("row 15: a room takes no more records than it may, an owner no more rooms")
    func perRoomAndOwner() async throws {
        let node = try NodeProcess(
            "rv",
            settings: [
                "RENDEZVOUS_RECORDS_PER_ADDRESS": "0", "RENDEZVOUS_RECORDS_PER_ROOM": "3",
                "RENDEZVOUS_ROOMS_PER_OWNER": "4",
            ])
        for number in 0..<3 {
            #expect(try await register(#"{"room":"a","peerId":"p\#(number)"}"#, at: node).status == 200)
        }
        #expect(try await register(#"{"room":"a","peerId":"p3"}"#, at: node).status == 429)
        for room in ["b", "c", "d"] {
            #expect(try await register(#"{"room":"\#(room)","peerId":"p"}"#, at: node).status == 200)
        }
        #expect(try await register(#"{"room":"e","peerId":"p"}"#, at: node).status == 429)
        #expect(try await register(#"{"room":"d","peerId":"p2"}"#, at: node).status == 200)
    }

    @Test("a room counts for its owner until its last record there is removed")
    func lastRecord() async throws {
        let node = try NodeProcess(
            "rv", settings: ["RENDEZVOUS_RECORDS_PER_ADDRESS": "0", "RENDEZVOUS_ROOMS_PER_OWNER": "2"])
        func unregister(_ body: String) async throws {
            let answer = try await TestHTTP.post("/rendezvous/unregister", json: body, port: node.port)
            #expect(answer.status == 204)
        }
        let third = #"{"room":"c","peerId":"p"}"#
        for body in [#"{"room":"a","peerId":"p"}"#, #"{"room":"a","peerId":"q"}"#, #"{"room":"b","peerId":"p"}"#] {
            #expect(try await register(body, at: node).status == 200)
        }
        #expect(try await register(third, at: node).status == 429)
        try await unregister(#"{"room":"a","peerId":"p"}"#)
        #expect(try await register(third, at: node).status == 429, "q is still there")
        try await unregister(#"{"room":"a","peerId":"q"}"#)
        #expect(try await register(third, at: node).status == 200)
        #expect(try await register(#"{"room":"d","peerId":"p"}"#, at: node).status == 429)
    }

    @Test("a registration that fails keeps no place in the lists of its owner")
    func failedRegistration() async throws {
        let node = try NodeProcess(
            "rv",
            settings: [
                "RENDEZVOUS_RECORDS_PER_ADDRESS": "0", "RENDEZVOUS_RECORDS_PER_ROOM": "1",
                "RENDEZVOUS_ROOMS_PER_OWNER": "2", "TRUSTED_PROXY_CIDRS": "127.0.0.0/8",
            ])
        func register(_ room: String, from client: String) async throws -> Int {
            try await TestHTTP.post(
                "/rendezvous/register", json: #"{"room":"\#(room)","peerId":"p\#(client.suffix(1))"}"#, port: node.port,
                headers: [("X-Forwarded-For", client)]
            ).status
        }
        for room in ["a", "b"] { #expect(try await register(room, from: "192.0.2.1") == 200) }
        for room in ["a", "b"] { #expect(try await register(room, from: "192.0.2.2") == 429) }
        for room in ["c", "d"] { #expect(try await register(room, from: "192.0.2.2") == 200) }
        #expect(try await register("e", from: "192.0.2.2") == 429)
    }

    @Test("a record of another address can neither be replaced nor removed, and a connected peer's name not be taken")
    func ownership() async throws {
        let node = try NodeProcess("rv", settings: ["TRUSTED_PROXY_CIDRS": "127.0.0.0/8"])
        let (mine, other) = ([("X-Forwarded-For", "192.0.2.1")], [("X-Forwarded-For", "192.0.2.2")])
        let body = #"{"room":"r","peerId":"ann"}"#
        func post(_ path: String, _ body: String, _ headers: [(String, String)]) async throws -> Int {
            try await TestHTTP.post(path, json: body, port: node.port, headers: headers).status
        }
        #expect(try await post("/rendezvous/register", body, mine) == 200)
        #expect(try await post("/rendezvous/register", body, other) == 403)
        #expect(try await post("/rendezvous/unregister", body, other) == 403)
        #expect(try await post("/rendezvous/unregister", body, mine) == 204)
        #expect(try await post("/rendezvous/unregister", body, other) == 204)
        let web = try await TestPeer.connect(port: node.port, room: "r", peerID: "web", headers: mine)
        _ = try await web.next(type: "welcome")
        #expect(try await post("/rendezvous/register", #"{"room":"r","peerId":"web"}"#, other) == 403)
        #expect(try await post("/rendezvous/register", #"{"room":"r","peerId":"web"}"#, mine) == 200)
    }

    @Test("row 14: no client address is in a discovery, a watch, a welcome or a presence event")
    func noAddresses() async throws {
        let node = try NodeProcess(
            "rv", settings: ["TRUSTED_PROXY_CIDRS": "127.0.0.0/8", "RENDEZVOUS_WATCH_POLL_MS": "50"])
        let address = "203.0.113.77"
        let forwarded = [("X-Forwarded-For", address)]
        let watcher = ReliablePeer("watcher")
        let welcome = try await watcher.connect(port: node.port)
        let events = try await TestEvents.open("/rendezvous/watch?room=r", port: node.port)
        var seen = [welcome.text, try await events.next().data.text]
        let old = try await TestPeer.connect(port: node.port, room: "r", peerID: "old", headers: forwarded)
        seen.append(try await old.next(type: "welcome").text)
        let new = try await TestPeer.connect(
            port: node.port, room: "r", peerID: "new", headers: forwarded + [ReliablePeer.subprotocol])
        try await new.send(#"{"type":"hello","sid":"AAAAAAAAAAAAAAAAAAAAAA","cn":1}"#)
        seen.append(try await new.next(type: "welcome").text)
        _ = try await TestHTTP.post(
            "/rendezvous/register", json: #"{"room":"r","peerId":"http"}"#, port: node.port, headers: forwarded)
        for _ in 0..<3 { seen.append(try await events.next().data.text) }
        for _ in 0..<2 { seen.append(try await watcher.socket.next(type: "peer-joined").text) }
        try await old.send(#"{"type":"hi"}"#)
        seen.append(try await watcher.socket.next(type: "hi").text)
        seen.append(try await TestHTTP.get("/rendezvous/discover?room=r", port: node.port).body)
        seen.append(try await TestHTTP.get("/bootstrap?room=r", port: node.port).body)
        seen.append(try await TestHTTP.get("/metrics", port: node.port).body)
        #expect(seen.count == 13)
        for text in seen {
            #expect(!text.contains(address) && !text.contains("127.0.0.1\"") && !text.contains("\"ip:"), "\(text)")
        }
    }
}
