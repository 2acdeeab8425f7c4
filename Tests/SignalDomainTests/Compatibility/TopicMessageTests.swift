import SignalDomain
import Testing

@Suite("Messages of /topics")
struct TopicMessageTests {
    private func read(_ text: String, maxTopics: Int = 3) -> TopicMessage {
        Array(text.utf8).withUnsafeBytes { TopicMessage($0, limits: ScanLimits(), maxTopics: maxTopics) }
    }

    @Test(
        "every word of y-webrtc is read, and any other is passed over",
        arguments: [
            (#"{"type":"ping"}"#, TopicMessage.ping),
            (#"{"type":"subscribe","topics":["a","b"]}"#, .subscribe(["a", "b"])),
            (#"{"topics":["a"],"type":"subscribe","more":1}"#, .subscribe(["a"])),
            (#"{"type":"subscribe"}"#, .subscribe([])), (#"{"type":"subscribe","topics":[]}"#, .subscribe([])),
            (#"{"type":"unsubscribe","topics":["a"]}"#, .unsubscribe(["a"])),
            (#"{"type":"publish","topic":"a","data":{"x":1}}"#, .publish(topic: "a")),
            (#"{"type":"p\u0075blish","topic":"\u0061"}"#, .publish(topic: "a")),
            (#"{"type":"publish","topic":"a","topic":"b"}"#, .publish(topic: "b")),
            (#"{"type":"hello"}"#, .other), (#"{}"#, .other), (#"{"type":1}"#, .other),
        ])
    func words(text: String, expected: TopicMessage) {
        #expect(read(text) == expected)
    }

    @Test(
        "what cannot be read is told apart",
        arguments: [
            ("", TopicMessage.Fault.scan(.notJSON)), ("[]", .scan(.notAnObject)),
            (#"{"type":"subscribe","type":"ping"}"#, .scan(.repeatedMember)),
            (#"{"type":"subscribe","topics":"a"}"#, .topics(max: 3)),
            (#"{"type":"subscribe","topics":["a",1]}"#, .topics(max: 3)),
            (#"{"type":"subscribe","topics":["a","b","c","d"]}"#, .topics(max: 3)),
            (#"{"type":"unsubscribe","topics":null}"#, .topics(max: 3)),
            (#"{"type":"publish"}"#, .topic), (#"{"type":"publish","topic":7}"#, .topic),
        ])
    func faults(text: String, expected: TopicMessage.Fault) {
        #expect(read(text) == .unreadable(expected))
        #expect(!expected.sentence.isEmpty)
    }

    @Test(
        "a publication keeps every member as written, and only the server says how many clients there are",
        arguments: [
            (
                #"{ "type":"publish", "topic":"a" ,"data":{ "n":1e999,"s":"\ud800" } }"#,
                #"{"type":"publish","topic":"a","data":{ "n":1e999,"s":"\ud800" },"clients":4}"#
            ),
            (#"{"clients":99,"type":"publish","topic":"a"}"#, #"{"type":"publish","topic":"a","clients":4}"#),
            (#"{"type":"publish","topic":"a","\u0063lients":9}"#, #"{"type":"publish","topic":"a","clients":4}"#),
            (#"{"clients":[1,2]}"#, #"{"clients":4}"#),
        ])
    func publications(text: String, expected: String) throws {
        let bytes = Array(text.utf8)
        let message = try scan(bytes)
        let opened = bytes.withUnsafeBytes { TopicMessage.opened(message, in: $0) }
        #expect(SignalDomainTests.text(TopicMessage.publication(opened, clients: 4)) == expected)
    }

    @Test("random messages stay inside their bytes, and a publication is JSON again")
    func random() throws {
        var generator = MessageGenerator(random: SeededRandom(seed: 17))
        for round in 0..<2_000 {
            let memory = try GuardedBytes(generator.message())
            let whole: [UInt8]? = withExtendedLifetime(memory) {
                _ = TopicMessage(memory.bytes, limits: ScanLimits(), maxTopics: 3)
                guard let message = try? MessageScanner.scan(memory.bytes) else { return nil }
                return TopicMessage.publication(TopicMessage.opened(message, in: memory.bytes), clients: round)
            }
            guard let whole else { continue }
            #expect(throws: Never.self, "seed 17, round \(round)") { _ = try scan(whole) }
        }
    }
}
