import Backplane
import SignalDomain
import Testing

@testable import SignalNode

@Suite("What a node remembers of a room")
struct EventRingTests {
    private let ann = try! PeerID("ann")  // a constant valid name
    private let bob = try! PeerID("bob")  // a constant valid name

    private func sent(_ kind: SignalKind, at: Int64, from: PeerID? = nil, to: PeerID? = nil) -> RoomEvent {
        RoomEvent(at: at, .sent(kind, isReliable: true), from: from ?? ann, to: to ?? bob)
    }

    @Test("holds the last events and no more, oldest first", arguments: [1, 2, 7, 64])
    func bounded(capacity: Int) {
        var ring = EventRing(capacity: capacity)
        for number in 0..<200 { ring.add(sent(.offer, at: Int64(number))) }
        #expect(ring.count == capacity)
        #expect(ring.inOrder.map(\.at) == (200 - capacity..<200).map(Int64.init))
    }

    @Test("counts candidates that follow each other in one place, whatever signals come between, and offers never")
    func repeats() {
        var ring = EventRing(capacity: 16)
        for number in 0..<5 {
            ring.add(sent(.candidate, at: Int64(number) * 10))
            ring.add(sent(.candidate, at: Int64(number) * 10 + 1, from: bob, to: ann))
        }
        ring.add(sent(.offer, at: 60))
        ring.add(sent(.offer, at: 61))
        ring.add(sent(.candidate, at: 62))
        #expect(ring.inOrder.map(\.count) == [6, 5, 1, 1])
        #expect(ring.inOrder.map(\.until) == [62, 41, 60, 61])
    }

    @Test("keeps apart what a leave or ten seconds lie between")
    func apart() {
        var ring = EventRing(capacity: 16)
        ring.add(sent(.candidate, at: 0))
        ring.add(RoomEvent(at: 1, .lost, from: bob))
        ring.add(sent(.candidate, at: 2))
        ring.add(sent(.candidate, at: 10_003))
        #expect(ring.inOrder.map(\.count) == [1, 1, 1, 1])
    }

    @Test("knows by its id what a signal was for when its outcome comes, and admits what it has forgotten")
    func kinds() {
        var ring = EventRing(capacity: 4)
        #expect(ring.kind(of: "\"o\"") == .other)
        ring.remember(.offer, of: "\"o\"")
        #expect(ring.kind(of: "\"o\"") == .offer)
        #expect(ring.kind(of: nil) == .other)
        for number in 0..<10_000 { ring.remember(.candidate, of: "\"\(number)\"") }
        #expect(ring.kind(of: "\"o\"") == .other)
    }

    @Test("tells of two peers what they said to each other or to all, and nothing between others")
    func pair() throws {
        let eve = try PeerID("eve")
        let timeline = RoomTimeline(events: 16)
        timeline.add(sent(.offer, at: 1))
        timeline.add(sent(.offer, at: 2, from: ann, to: eve))
        timeline.add(sent(.offer, at: 3, from: eve, to: bob))
        timeline.add(RoomEvent(at: 4, .sent(.other, isReliable: false), from: bob))
        timeline.add(RoomEvent(at: 5, .left(.left), from: eve))
        #expect(timeline.events(between: bob, and: ann).map(\.at) == [1, 4])
    }

    @Test("gives the place of the room that was entered longest ago to a new one, and takes nothing more for it")
    func rooms() throws {
        var configuration = NodeConfiguration.Console()
        configuration.timelineRooms = 2
        let timelines = Timelines(configuration)
        let keys = try (0..<3).map { try RoomKey(namespace: "n", room: "\($0)") }
        let first = try #require(timelines.open(keys[0]))
        let second = try #require(timelines.open(keys[1]))
        #expect(timelines.open(keys[0]) === first)
        _ = timelines.open(keys[2])
        #expect(timelines[keys[0]] === first)
        #expect(timelines[keys[1]] == nil)
        second.add(sent(.offer, at: 1))
        #expect(second.events(between: ann, and: bob).isEmpty)
        configuration.timelineEvents = 0
        #expect(Timelines(configuration).open(keys[0]) == nil)
    }

    @Test("reads the kind of a signal out of its type, wherever that stands, and out of nothing else")
    func signalKinds() {
        let messages: [(String, SignalKind)] = [
            (#"{"type":"offer","sdp":"v=0"}"#, .offer), (#"{"sdp":"{\"type\":\"offer\"}","type":"answer"}"#, .answer),
            (#" {"type":"candidate"}"#, .candidate), (#"{"type":"ice-candidate"}"#, .candidate),
            (#"{"type":"description"}"#, .description), (#"{"type":7}"#, .other),
            (#"{"payload":{"type":"offer"}}"#, .other),
            (#"{}"#, .other), ("", .other),
        ]
        for (text, kind) in messages {
            let found = Array(text.utf8).withUnsafeBytes { SignalKind(message: $0) }
            #expect(found == kind, "\(text)")
            let scanned = Array(text.utf8).withUnsafeBytes { try? MessageScanner.scan($0) }
            if let scanned { #expect(scanned.signalKind == kind, "\(text)") }
        }
    }
}
