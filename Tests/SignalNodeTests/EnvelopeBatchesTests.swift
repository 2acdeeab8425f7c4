import Backplane
import NIOCore
import SignalDomain
import Testing

@testable import SignalNode

@Suite("Batches of signals for other nodes")
struct EnvelopeBatchesTests {
    private let nodes = (1...3).map { NodeInstance(bits: UInt64($0)) }

    private func envelope(_ number: Int, to targets: [NodeInstance]) throws -> Envelope {
        Envelope(
            room: try RoomKey(namespace: nil, room: nil), peer: try PeerID("ann"), audience: nil, sender: nil,
            frame: SignalFrame.text(Array("{\"n\":\(number)}".utf8)), nodes: targets)
    }

    /// What each node would read, in order.
    private func received(_ batches: EnvelopeBatches) -> [NodeInstance: [String]] {
        var texts: [NodeInstance: [String]] = [:]
        for batch in batches.batches {
            var reader = InboxReader(batch.content.bytes)
            while let frame = reader.next() {
                guard case .broadcast(_, _, let payload) = frame else { continue }
                for node in batch.nodes { texts[node, default: []].append(String(buffer: payload)) }
            }
        }
        return texts
    }

    @Test("a burst for one node is one batch")
    func burst() throws {
        var batches = EnvelopeBatches()
        for number in 0..<100 { batches.append(try envelope(number, to: [nodes[0]])) }
        #expect(batches.batches.count == 1)
        #expect(received(batches)[nodes[0]] == (0..<100).map { "{\"n\":\($0)}" })
    }

    @Test("every node gets its signals in order, whatever the sets of destinations", arguments: UInt64(1)...20)
    func order(_ seed: UInt64) throws {
        var state = seed
        var batches = EnvelopeBatches()
        var expected: [NodeInstance: [String]] = [:]
        for number in 0..<300 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let mask = Int(state >> 40) % 7 + 1
            let targets = nodes.enumerated().filter { mask & (1 << $0.offset) != 0 }.map(\.element)
            batches.append(try envelope(number, to: targets))
            for node in targets { expected[node, default: []].append("{\"n\":\(number)}") }
        }
        #expect(received(batches) == expected, "seed \(seed)")
    }

    @Test("a batch that has grown large is closed")
    func size() throws {
        var batches = EnvelopeBatches()
        let text = "{\"f\":\"" + String(repeating: "x", count: 30_000) + "\"}"
        for _ in 0..<10 {
            batches.append(
                Envelope(
                    room: try RoomKey(namespace: nil, room: nil), peer: try PeerID("ann"), audience: nil, sender: nil,
                    frame: SignalFrame.text(Array(text.utf8)), nodes: [nodes[0]]))
        }
        #expect(batches.batches.count > 3)
    }

    @Test(
        "the payload of an envelope is the text inside its frame", arguments: [0, 5, 125, 126, 65_535, 65_536, 200_000])
    func payload(_ count: Int) throws {
        let text = String(repeating: "x", count: count)
        let envelope = Envelope(
            room: try RoomKey(namespace: nil, room: nil), peer: try PeerID("ann"), audience: nil, sender: nil,
            frame: SignalFrame.text(Array(text.utf8)), nodes: [])
        #expect(String(buffer: envelope.payload) == text)
    }
}
