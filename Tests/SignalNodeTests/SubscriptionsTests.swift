import NIOCore
import SignalDomain
import Testing

@testable import SignalNode

@Suite("Subscriptions of one connection")
struct SubscriptionsTests {
    private var subscriptions = Subscriptions()
    private let doc: RoomKey
    private let notes: RoomKey

    init() throws {
        doc = try RoomKey(topic: "doc")
        notes = try RoomKey(topic: "notes")
    }

    @Test("a topic is added once, and no more than there may be")
    mutating func adds() {
        #expect(subscriptions.add(doc, limit: 1) == .new)
        #expect(subscriptions.add(doc, limit: 1) == .known)
        #expect(subscriptions.add(notes, limit: 1) == .tooMany)
        subscriptions.remove(doc)
        #expect(subscriptions.add(notes, limit: 1) == .new)
    }

    @Test("what is published before the place is there comes out with it, in its order, and nothing of other topics")
    mutating func waits() {
        #expect(subscriptions.publish(ByteBuffer(string: "0"), to: doc) == .notSubscribed)
        _ = subscriptions.add(doc, limit: 2)
        _ = subscriptions.add(notes, limit: 2)
        #expect(subscriptions.publish(ByteBuffer(string: "1"), to: doc) == .later)
        #expect(subscriptions.publish(ByteBuffer(string: "2"), to: notes) == .later)
        #expect(subscriptions.publish(ByteBuffer(string: "3"), to: doc) == .later)
        #expect(subscriptions.joined(doc).map { String(buffer: $0) } == ["1", "3"])
        #expect(subscriptions.publish(ByteBuffer(string: "4"), to: doc) == .now)
        subscriptions.remove(notes)
        #expect(subscriptions.joined(notes).isEmpty)
    }

    @Test("what waits is bounded over all topics, and what was given back counts no more")
    mutating func bounds() {
        _ = subscriptions.add(doc, limit: 2)
        _ = subscriptions.add(notes, limit: 2)
        let half = ByteBuffer(repeating: 0x20, count: Backlog.maxBytes / 2)
        #expect(subscriptions.publish(half, to: doc) == .later)
        #expect(subscriptions.publish(half, to: notes) == .later)
        #expect(subscriptions.publish(ByteBuffer(string: "1"), to: doc) == .overflow)
        subscriptions.remove(notes)
        for _ in 1..<Backlog.maxMessages { #expect(subscriptions.publish(ByteBuffer(string: "1"), to: doc) == .later) }
        #expect(subscriptions.publish(ByteBuffer(string: "1"), to: doc) == .overflow)
    }
}
