import FailoverHistory
import Testing

@testable import signal_load

@Suite("A dialect 2 session")
struct ReliableSessionTests {
    private var session = ReliableSession(peerId: "c1", secret: "secret")
    private var output = SessionOutput()
    private var now = Duration.zero

    private mutating func hear(_ text: String) throws {
        output = SessionOutput()
        let message = try #require(read(text), "the client cannot read \(text)")
        session.receive(message, at: now, &output)
    }

    private mutating func join(resumed: Bool = false, members: String = #"{"peerId":"c2"}"#) throws {
        output = SessionOutput()
        session.begin(at: now, &output)
        try hear(
            #"{"type":"welcome","node":"n1","resumed":\#(resumed),"members":[\#(members)],"v":1,"#
                + #""resume":{"token":"tok","windowMs":30000},"heartbeatMs":25000}"#)
    }

    private mutating func send(to peer: String) -> String? {
        output = SessionOutput()
        session.sendReliable(to: peer, &output)
        return output.texts.first
    }

    private func signal(_ sequence: Int, id: Int, source: String = "s2") -> String {
        #"{"type":"offer","id":"\#(id)","to":"c1","sourcePeerId":"c2","sourceSession":"\#(source)","seq":\#(sequence)}"#
    }

    @Test("says hello without a token first, then with the token, a higher cn and the last confirmed seq")
    mutating func hello() throws {
        session.begin(at: now, &output)
        #expect(output.texts == [#"{"type":"hello","sid":"secret","cn":1,"peerId":"c1"}"#])
        try join()
        try hear(signal(1, id: 1))
        session.acknowledge(&output)
        try hear(signal(2, id: 2))
        for connection in 3...4 {
            session.end()
            output = SessionOutput()
            session.begin(at: now, &output)
            #expect(
                output.texts == [
                    #"{"type":"hello","sid":"secret","cn":\#(connection),"peerId":"c1","resume":{"token":"tok","lastSeq":1}}"#
                ])
        }
    }

    @Test("reports the members of a welcome once all its pages are there")
    mutating func pages() throws {
        session.begin(at: now, &output)
        try hear(
            #"{"type":"welcome","node":"n1","resumed":false,"members":[{"peerId":"c2"},{"peerId":"c1"}],"more":true,"v":1,"#
                + #""resume":{"token":"t","windowMs":1}}"#)
        #expect(output.reports.isEmpty)
        try hear(#"{"type":"members","members":[{"peerId":"c3"}],"v":1}"#)
        guard case .welcomed("n1", false, let members) = output.reports.first else {
            Issue.record("no welcome in \(output.reports)")
            return
        }
        #expect(Set(members) == ["c2", "c3"])
        #expect(session.view == ["c2", "c3"])
    }

    @Test("follows joins, leaves and a resync")
    mutating func presence() throws {
        try join()
        try hear(#"{"type":"peer-joined","peerId":"c3","v":2}"#)
        try hear(#"{"type":"peer-left","peerId":"c2","reason":"node-lost","v":3}"#)
        #expect(output.reports == [.peerLeft("c2", reason: "node-lost")])
        #expect(session.view == ["c3"])
        try hear(#"{"type":"peer-updated","peerId":"c3","away":true,"v":4}"#)
        #expect(session.view == ["c3"])
        try hear(#"{"type":"resync","members":[{"peerId":"c9"}],"v":5}"#)
        #expect(output.reports == [.resync(["c9"])])
        #expect(session.view == ["c9"])
    }

    @Test("gives its caller a signal once, however often it comes, and confirms every copy")
    mutating func duplicates() throws {
        try join()
        try hear(signal(1, id: 7))
        #expect(output.wantsAck)
        try hear(signal(2, id: 7))
        guard case .received(_, isNew: false) = output.reports.first else {
            Issue.record("surfaced twice: \(output.reports)")
            return
        }
        try hear(signal(3, id: 7, source: "another session"))
        guard case .received(_, isNew: true) = output.reports.first else {
            Issue.record("another session's signal was swallowed: \(output.reports)")
            return
        }
        output = SessionOutput()
        session.acknowledge(&output)
        #expect(output.texts == [#"{"type":"ack","seq":3}"#])
        output = SessionOutput()
        session.acknowledge(&output)
        #expect(output.texts.isEmpty)
    }

    @Test("confirms at once when sixteen signals wait")
    mutating func sixteen() throws {
        try join()
        for sequence in 1...15 {
            try hear(signal(sequence, id: sequence))
            #expect(output.texts.isEmpty)
        }
        try hear(signal(16, id: 16))
        #expect(output.texts == [#"{"type":"ack","seq":16}"#])
    }

    @Test("says again after a welcome exactly what has no final outcome, in order and under the same ids")
    mutating func resend() throws {
        try join()
        let first = send(to: "c2")
        let second = send(to: "c2")
        let third = send(to: "c3")
        _ = send(to: "c2")
        #expect(first?.contains(#""id":"1""#) == true)
        try hear(#"{"type":"ack","id":"1","to":"c2","level":"stored"}"#)
        #expect(session.unfinished.map(\.id) == ["1", "2", "3", "4"])
        try hear(#"{"type":"ack","id":"4","to":"c2","level":"received"}"#)
        session.end()
        try join(resumed: true)
        #expect(output.texts == [first, second, third].compactMap { $0 })
        #expect(output.reports.count == 1)
        try hear(#"{"type":"nack","id":"2","to":"c2","code":"timeout"}"#)
        try hear(#"{"type":"undeliverable","id":"1","to":"c2","reason":"left","seq":1}"#)
        #expect(output.wantsAck)
        #expect(session.unfinished.map(\.id) == ["3"])
    }

    @Test("forgets what is unfinished when it was not resumed")
    mutating func notResumed() throws {
        try join()
        _ = send(to: "c2")
        session.end()
        try join(resumed: false)
        #expect(output.texts.isEmpty)
        #expect(session.unfinished.isEmpty)
        let next = send(to: "c2")
        #expect(next?.contains(#""id":"2""#) == true)
    }

    @Test("sends nothing while offline or when too much is unfinished")
    mutating func restraint() throws {
        let offline = send(to: "c2")
        #expect(offline == nil)
        try join()
        for _ in 0..<ReliableSession.unfinishedLimit { _ = send(to: "c2") }
        let tooMany = send(to: "c2")
        #expect(tooMany == nil)
        output = SessionOutput()
        let number = session.sendBestEffort(to: "c2", &output)
        #expect(number == 1)
    }

    @Test("says a heartbeat every period and gives a server up that is silent for two")
    mutating func heartbeat() throws {
        try join()
        try hear(signal(1, id: 1))
        var answers: [Bool] = []
        var texts: [[String]] = []
        for second in [24, 25, 49, 50] {
            output = SessionOutput()
            now = .seconds(second)
            answers.append(session.keepAlive(at: now, &output))
            texts.append(output.texts)
        }
        #expect(answers == [true, true, true, false])
        #expect(texts == [[], [#"{"type":"heartbeat","seq":1}"#], [], []])
    }

    @Test("complains about a gap in seq, a second welcome and a message before the first")
    mutating func violations() throws {
        session.begin(at: now, &output)
        try hear(signal(1, id: 1))
        #expect(output.reports == [.violation("a message before the welcome")])
        try join()
        try hear(signal(2, id: 2))
        #expect(output.reports.first == .violation("seq 2 came after 0"))
        session.acknowledge(&output)
        #expect(output.texts.isEmpty)
        try hear(#"{"type":"welcome","node":"n","members":[],"resume":{"token":"t"}}"#)
        #expect(output.reports == [.violation("a second welcome")])
    }

    @Test("remembers the pause that a go-away names until the next connection")
    mutating func goAway() throws {
        try join()
        try hear(#"{"type":"go-away","reason":"draining","deadlineMs":9,"retryAfterMs":420}"#)
        #expect(session.retryAfterMs == 420)
        session.end()
        session.begin(at: now, &output)
        #expect(session.retryAfterMs == nil)
    }
}

private func read(_ text: String) -> ServerMessage? {
    var text = text
    return text.withUTF8 { ServerMessage(UnsafeRawBufferPointer($0)) }
}

@Suite("A message of the server")
struct ServerMessageTests {
    @Test("is read as what it is, whatever the order of its members")
    func kinds() {
        #expect(
            read(#"{"seq":3,"sdp":"x}]","sourceSession":"s","sourcePeerId":"c2","id":"9","type":"offer"}"#)
                == .reliable(
                    .init(sequence: 3, sourceSession: "s", sourcePeer: "c2", id: "9")))
        #expect(read(#"{"type":"candidate","n":5,"sourcePeerId":"c2"}"#) == .bestEffort(from: "c2", number: 5))
        #expect(read(#"{"type":"heartbeat-ack","now":"x"}"#) == .other)
        #expect(read(#"{"type":"error","code":"rate_limited","message":"m"}"#) == .error(code: "rate_limited"))
        #expect(
            read(#"{"type":"nack","to":"c2","code":"not_found"}"#)
                == .receipt(.init(outcome: .nack(code: "not_found"), id: "", to: "c2", sequence: nil)))
    }

    @Test("may have metadata with brackets and quotes in its members")
    func nested() {
        let text =
            #"{"type":"resync","members":[{"metadata":{"a":["}",{"b":"\"]"}]},"peerId":"c2"},{"peerId":"c3"}],"more":true,"v":1}"#
        #expect(read(text) == .resync(.init(peers: ["c2", "c3"], hasMore: true)))
    }

    @Test(
        "is refused when it is not whole",
        arguments: [
            "", "[]", "nonsense", #"{"type":"welcome"}"#, #"{"type":"ack","id":"1","to":"c2","level":"perhaps"}"#,
            #"{"type":"offer","sourcePeerId":"c2","seq":1}"#, #"{"type":"resync","members":[{"name":"c2"}]}"#,
            #"{"type":"peer-left"}"#,
        ])
    func broken(text: String) { #expect(read(text) == nil) }
}
