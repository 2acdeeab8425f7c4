import SignalTestKit
import Testing

/// A session and its sockets, on one node.
@Suite("Dialect 2: resume", .serialized)
struct Dialect2ResumeTests {
    private func peer(_ name: String, _ node: NodeProcess, confirms: Bool = true) async throws -> ReliablePeer {
        let peer = ReliablePeer(name)
        peer.confirms(confirms)
        try await peer.connect(port: node.port)
        return peer
    }

    /// Opens a socket as somebody else would, with this hello.
    private func socket(_ name: String, _ node: NodeProcess, _ hello: String) async throws -> TestPeer {
        let socket = try await TestPeer.connect(
            port: node.port, room: "r", peerID: name, headers: [ReliablePeer.subprotocol])
        try await socket.send(hello)
        return socket
    }

    /// The session is alive and its live socket hears.
    private func lives(_ peer: ReliablePeer, _ other: ReliablePeer) async throws {
        try await other.signal("alive", to: peer.name)
        try await peer.next("signal", ["id": "alive"])
        #expect(try await other.outcome(of: "alive", to: peer.name) == "received")
    }

    @Test("what was not confirmed is replayed in order with new numbers, before anything live")
    func replay() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node, confirms: false)
        for number in 1...4 { try await ann.signal("\(number)", to: "bob") }
        for _ in 1...4 { try await bob.next("signal") }
        try await bob.confirm(2)
        #expect(try await ann.outcome(of: "2", to: "bob") == "received")
        await bob.drop()
        try await ann.next("peer-updated", ["peerId": "bob"])
        for number in 5...8 { try await ann.signal("\(number)", to: "bob") }
        try await ann.next("ack", ["id": "8", "level": "stored"])
        let welcome = try await bob.connect(port: node.port)
        #expect(welcome.flag("resumed") == true)
        #expect(welcome["peerId"] == "bob")
        try await ann.signal("9", to: "bob")
        for (index, id) in (3...9).enumerated() {
            let signal = try await bob.next("signal")
            #expect(signal["id"] == "\(id)")
            #expect(signal.number("seq") == index + 1)
        }
        try await bob.confirm(7)
        for number in [1] + Array(3...9) {
            #expect(try await ann.outcome(of: "\(number)", to: "bob") == "received")
        }
        #expect(!ann.waiting("ack", "nack", "undeliverable").contains { $0["level"] != "stored" })
    }

    @Test("best effort to a peer that is away is dropped, not replayed, and not a nack")
    func bestEffortWhileAway() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node)
        await bob.drop()
        try await ann.next("peer-updated", ["peerId": "bob"])
        try await ann.send(#"{"type":"x","to":"bob"}"#)
        try await ann.signal("1", to: "bob")
        try await ann.next("ack", ["id": "1", "level": "stored"])
        #expect(ann.waiting("nack").isEmpty)
        try await bob.connect(port: node.port)
        try await bob.next("signal")
        #expect(bob.waiting("x").isEmpty)
    }

    @Test("when the window is over, a resume begins a new session, and senders hear undeliverable")
    func tooLate() async throws {
        let node = try NodeProcess("n1", settings: ["LEAVE_WINDOW_MS": "500"])
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node)
        await bob.drop()
        try await ann.next("peer-updated", ["peerId": "bob"])
        try await ann.signal("1", to: "bob")
        let news = try await ann.next("undeliverable", ["id": "1"])
        #expect(news["reason"] == "timeout")
        #expect(try await ann.next("peer-left", ["peerId": "bob"])["reason"] == "timeout")
        let welcome = try await bob.connect(port: node.port)
        #expect(welcome.flag("resumed") == false)
        #expect(bob.waiting("signal").isEmpty)
        try await lives(bob, ann)
    }

    @Test("a wrong resume token closes with 4401, and the live session does not notice")
    func wrongToken() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node)
        try await ann.next("peer-joined", ["peerId": "bob"])
        let hello = #"{"type":"hello","sid":"\#(bob.session)","cn":99,"resume":{"token":"wrong","lastSeq":0}}"#
        let thief = try await socket("bob", node, hello)
        #expect(try await thief.expectClose() == TestClose(code: 4401, reason: "unauthorized"))
        try await lives(bob, ann)
        #expect(ann.presence.isEmpty)
        // Nor does it lock the session out.
        await bob.drop()
        try await ann.next("peer-updated", ["peerId": "bob"])
        #expect(try await bob.connect(port: node.port).flag("resumed") == true)
    }

    @Test("the same sid without its token is taken before the client's first frame, and not after")
    func lostWelcome() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node)
        try await ann.next("peer-joined", ["peerId": "bob"])
        let old = try bob.socket
        #expect(try await bob.connect(port: node.port, resumes: false)["peerId"] == "bob")
        #expect(try await old.expectClose() == TestClose(code: 4409, reason: "stale"))
        try await bob.send(#"{"type":"heartbeat"}"#)
        try await bob.next("heartbeat-ack")
        let thief = try await socket("bob", node, bob.hello(resumes: false, number: 50))
        let close = try await thief.expectClose()
        #expect(close.code == 4401 || close == TestClose(code: 4409, reason: "in_use"))
        try await lives(bob, ann)
        #expect(!ann.presence.contains { $0.type != "peer-updated" })
    }

    @Test("the same sid with an equal or lower cn is closed with 4409 stale", arguments: [5, 4, 0])
    func staleConnection(_ number: Int) async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = ReliablePeer("bob")
        let first = try await bob.open(port: node.port)
        try await first.send(bob.hello(number: 5))
        try await bob.welcomed()
        let late = try await socket("bob", node, bob.hello(number: number))
        #expect(try await late.expectClose() == TestClose(code: 4409, reason: "stale"))
        try await lives(bob, ann)
    }

    @Test("another session under a live peerId is closed with 4409 in_use, also while the peer is away")
    func inUse() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node)
        try await ann.next("peer-joined", ["peerId": "bob"])
        for hello in [ReliablePeer("bob").hello(), ReliablePeer("bob").hello(token: bob.resumeToken)] {
            let other = try await socket("bob", node, hello)
            let close = try await other.expectClose()
            #expect(close.code == 4409 || close.code == 4401)
        }
        await bob.drop()
        try await ann.next("peer-updated", ["peerId": "bob"])
        let other = try await socket("bob", node, ReliablePeer("bob").hello())
        #expect(try await other.expectClose() == TestClose(code: 4409, reason: "in_use"))
        try await bob.connect(port: node.port)
        try await lives(bob, ann)
        #expect(!ann.presence.contains { $0.type != "peer-updated" })
    }

    @Test("the new socket first: the old one closes 4409 stale, nothing is lost, nobody sees anything")
    func newSocketFirst() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node, confirms: false)
        try await ann.next("peer-joined", ["peerId": "bob"])
        for number in 1...3 { try await ann.signal("\(number)", to: "bob") }
        for _ in 1...3 { try await bob.next("signal") }
        let old = try bob.socket
        bob.confirms(true)
        #expect(try await bob.connect(port: node.port).flag("resumed") == true)
        #expect(try await old.expectClose() == TestClose(code: 4409, reason: "stale"))
        try await ann.signal("4", to: "bob")
        for number in 1...4 {
            #expect(try await bob.next("signal")["id"] == "\(number)")
            #expect(try await ann.outcome(of: "\(number)", to: "bob") == "received")
        }
        #expect(ann.presence.isEmpty)
    }

    @Test("two resumes in a row, with signals in between, lose nothing and keep the order")
    func twice() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node, confirms: false)
        try await ann.signal("1", to: "bob")
        for number in 2...3 {
            await bob.drop()
            try await ann.signal("\(number)", to: "bob")
            #expect(try await bob.connect(port: node.port).flag("resumed") == true)
        }
        try await ann.signal("4", to: "bob")
        for number in 1...4 { #expect(try await bob.next("signal").number("seq") == number) }
        try await bob.confirm(4)
        for number in 1...4 { #expect(try await ann.outcome(of: "\(number)", to: "bob") == "received") }
    }

    @Test("a sender that resumes and sends again what has no final outcome causes one effect")
    func senderResumes() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node, confirms: false)
        for number in 1...3 { try await ann.signal("\(number)", to: "bob") }
        for _ in 1...3 { try await bob.next("signal") }
        await ann.drop()
        try await bob.next("peer-updated", ["peerId": "ann"])
        #expect(try await ann.connect(port: node.port).flag("resumed") == true)
        for number in 1...3 { try await ann.signal("\(number)", to: "bob") }
        try await ann.signal("4", to: "bob")
        #expect(try await bob.next("signal")["id"] == "4")
        try await bob.confirm(4)
        for number in 1...4 { #expect(try await ann.outcome(of: "\(number)", to: "bob") == "received") }
        #expect(bob.waiting("signal").isEmpty)
    }

    @Test("undeliverable reaches a sender that was away when its receiver left")
    func newsWhileAway() async throws {
        let node = try NodeProcess("n1")
        let ann = try await peer("ann", node)
        let bob = try await peer("bob", node, confirms: false)
        try await ann.signal("1", to: "bob")
        try await bob.next("signal")
        await ann.drop()
        try await bob.next("peer-updated", ["peerId": "ann"])
        try await bob.close()
        let members = try await ann.connect(port: node.port).objects("members")
        #expect(!members.contains { $0["peerId"] == "bob" })
        #expect(try await ann.next("undeliverable", ["id": "1"])["to"] == "bob")
    }
}
