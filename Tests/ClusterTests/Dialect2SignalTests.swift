import SignalTestKit
import Testing

/// Directed signals on one node: who gets them, what they carry, and what is refused.
@Suite("Dialect 2: signals", .serialized)
struct Dialect2SignalTests {
    private func peer(_ name: String, _ node: NodeProcess) async throws -> ReliablePeer {
        let peer = ReliablePeer(name)
        try await peer.connect(port: node.port)
        return peer
    }

    @Test("a directed signal reaches its target and nobody else; a list reaches each one once, repeats merged")
    func targets() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node)
        let cid = try await peer("cid", node)
        let dan = try await peer("dan", node)
        try await ann.send(#"{"type":"one","to":"bob"}"#)
        try await ann.send(#"{"type":"many","to":["cid","bob","cid","bob"],"id":"m"}"#)
        try await ann.send(#"{"type":"end"}"#)
        for peer in [bob, cid, dan] { try await peer.next("end") }
        #expect(bob.waiting("one").count == 1)
        #expect(bob.waiting("many").count == 1)
        #expect(cid.waiting("one", "many").map(\.type) == ["many"])
        #expect(dan.waiting("one", "many").isEmpty)
        for target in ["bob", "cid"] { #expect(try await ann.outcome(of: "m", to: target) == "received") }
        try await ann.send(#"{"type":"heartbeat"}"#)
        try await ann.next("heartbeat-ack")
        #expect(ann.waiting("ack", "nack").isEmpty)
    }

    @Test(
        "a to that is empty, oneself, no name or too long a list is invalid_message with the id",
        arguments: [
            #""""#, "[]", #""ann""#, #"["bob","ann"]"#, "7", "null", "{}", #"["bob",7]"#, #""not a name""#,
            "[" + (0..<65).map { "\"p\($0)\"" }.joined(separator: ",") + "]",
        ])
    func badTargets(_ to: String) async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node)
        try await ann.send(#"{"type":"x","to":\#(to),"id":"7"}"#)
        let error = try await ann.next("error")
        #expect(error["code"] == "invalid_message")
        #expect(error["id"] == "7")
        #expect(error["message"]?.isEmpty == false)
        try await ann.send(#"{"type":"end"}"#)
        try await bob.next("end")
        #expect(bob.waiting("x").isEmpty)
    }

    @Test("64 targets are allowed, and each gets its own outcome")
    func manyTargets() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node)
        let names = ["bob"] + (0..<63).map { "p\($0)" }
        let list = names.map { "\"\($0)\"" }.joined(separator: ",")
        try await ann.send(#"{"type":"x","to":[\#(list)],"id":"7"}"#)
        #expect(try await ann.outcome(of: "7", to: "bob") == "received")
        for name in names.dropFirst() { #expect(try await ann.outcome(of: "7", to: name) == "not_found") }
        #expect(bob.waiting("x").count == 1)
    }

    @Test(
        "an id is a string of 1 to 64 characters",
        arguments: [
            (#""""#, false), ("7", false), ("null", false), (#""\#(String(repeating: "x", count: 65))""#, false),
            (#""\#(String(repeating: "😀", count: 64))""#, true), (#""\u0041\n""#, true), (#"" ""#, true),
        ])
    func ids(_ id: String, _ isValid: Bool) async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node)
        try await ann.send(#"{"type":"x","to":"bob","id":\#(id)}"#)
        guard isValid else {
            #expect(try await ann.next("error")["code"] == "invalid_message")
            return
        }
        #expect(try await bob.next("x").text.contains(#""id":\#(id)"#))
        #expect(try await ann.next("ack", ["level": "received"]).text.contains(#""id":\#(id),"#))
    }

    @Test("a reliable signal over 64 KiB is message_too_large with its id; best effort may be larger")
    func size() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node)
        let text = { (id: String, count: Int) in
            let head = #"{"type":"x","to":"bob"\#(id),"f":""#
            return head + String(repeating: "x", count: count - head.utf8.count - 2) + #""}"#
        }
        try await ann.send(text(#","id":"big""#, 65_537))
        let error = try await ann.next("error")
        #expect(error["code"] == "message_too_large")
        #expect(error["id"] == "big")
        try await ann.send(text(#","id":"fits""#, 65_536))
        #expect(try await ann.outcome(of: "fits", to: "bob") == "received")
        try await ann.send(text("", 200_000))
        for _ in 0..<2 { try await bob.next("x") }
        #expect(bob.waiting("x").isEmpty)
    }

    @Test("a peer that is not there: nack not_found, with the id if there was one")
    func notFound() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        try await ann.send(#"{"type":"x","to":"nobody"}"#)
        let first = try await ann.next("nack")
        #expect(first.text == #"{"type":"nack","to":"nobody","code":"not_found"}"#)
        try await ann.signal("7", to: "nobody")
        let second = try await ann.next("nack")
        #expect(second.text == #"{"type":"nack","id":"7","to":"nobody","code":"not_found"}"#)
        #expect(ann.waiting("ack", "nack").isEmpty)
    }

    @Test("unknown members pass untouched; what the server says of the sender cannot be forged")
    func stamps() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node)
        let body = #""z": 1.50e+2 ,"a":{"to":"x","seq":5},"s":"v=0\r\n 😀""#
        try await ann.send(
            #"{"seq":99,"sourceSession":"forged","type":"x","to":"bob","id":"7",\#(body),"sourcePeerId":"forged"}"#)
        let signal = try await bob.next("x")
        #expect(signal.text.contains(#"{"type":"x","to":"bob","id":"7",\#(body),"sourcePeerId":"ann""#))
        #expect(signal.number("seq") == 1)
        #expect(signal["sourceSession"]?.utf8.count == 16)
        #expect(signal["namespace"] == "global" && signal["room"] == "r")
        #expect(signal["receivedAt"]?.hasSuffix("Z") == true)
        try await ann.send(#"{"type":"y","to":"bob","seq":99,"sourceSession":"forged"}"#)
        let bestEffort = try await bob.next("y")
        #expect(bestEffort["seq"] == nil && bestEffort.number("seq") == nil && !bestEffort.text.contains("forged"))
        try await ann.send(#"{"type":"z","seq":99,"sourceSession":"forged"}"#)
        let broadcast = try await bob.next("z")
        #expect(broadcast["seq"] == nil && broadcast.number("seq") == nil && !broadcast.text.contains("forged"))
        let old = try await TestPeer.connect(port: node.port, room: "r", peerID: "old")
        let aged = try await TestPeer.connect(port: node.port, room: "r", peerID: "aged")
        _ = try await (old.next(type: "welcome"), aged.next(type: "welcome"))
        try await old.send(#"{"type":"w","n":1,"seq":98,"sourceSession":"mine"}"#)
        #expect(
            try await aged.next().text.contains(#"{"type":"w","n":1,"seq":98,"sourceSession":"mine","sourcePeerId""#))
        #expect(try await bob.next("w").text.contains(#"{"type":"w","n":1,"sourcePeerId":"old""#))
    }

    @Test("the public name of a session is 16 characters, stable, and neither its sid nor another's name")
    func sourceSession() async throws {
        let node = try NodeProcess("n1")
        // The first 12 bytes of SHA-256("bs:s:AAAAAAAAAAAAAAAAAAAAAA") as base64url, from the standard tool.
        let ann = ReliablePeer("ann", session: "AAAAAAAAAAAAAAAAAAAAAA")
        try await ann.connect(port: node.port)
        let bob = try await peer("bob", node)
        let cid = try await peer("cid", node)
        try await ann.signal("1", to: "bob")
        #expect(try await bob.next("signal")["sourceSession"] == "9RWSul4v6pysnueY")
        try await cid.signal("1", to: "bob")
        #expect(try await bob.next("signal")["sourceSession"] != "9RWSul4v6pysnueY")
    }

    @Test("directed, reliable and broadcast signals of one sender keep their order at each receiver")
    func order() async throws {
        let node = try NodeProcess("n1", settings: ["EVENT_LOOPS": "2"])
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node)
        let cid = try await peer("cid", node)
        var burst: [UInt8] = []
        for number in 0..<600 {
            let target = [#","to":"bob""#, #","to":["cid","bob"],"id":"\#(number)""#, ""][number % 3]
            burst += TestFrame.text(#"{"type":"m","n":\#(number)\#(target)}"#)
            if burst.count > 8_000 || number == 599 {
                try await ann.socket.sendRaw(burst)
                burst = []
            }
        }
        for number in 0..<600 { #expect(try await bob.next("m").number("n") == number) }
        for number in 0..<600 where number % 3 != 0 { #expect(try await cid.next("m").number("n") == number) }
        for number in 0..<600 where number % 3 == 1 {
            #expect(try await ann.outcome(of: "\(number)", to: "bob") == "received")
            #expect(try await ann.outcome(of: "\(number)", to: "cid") == "received")
        }
    }

    @Test("words of the server are answered reserved_type, for everybody and for one")
    func reserved() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node)
        try await ann.next("peer-joined")
        let words = [
            "welcome", "error", "heartbeat-ack", "peer-joined", "peer-left", "peer-updated", "nack", "undeliverable",
            "resync", "members", "go-away", "ice-servers", "peer-l\\u0065ft",
        ]
        for word in words {
            try await ann.send(#"{"type":"\#(word)"}"#)
            #expect(try await ann.next("error")["code"] == "reserved_type")
            try await ann.send(#"{"type":"\#(word)","to":"bob","id":"1"}"#)
            #expect(try await ann.next("error")["code"] == "reserved_type")
        }
        try await ann.send(#"{"type":"end"}"#)
        try await bob.next("end")
        #expect(bob.waiting().isEmpty)
    }
}
