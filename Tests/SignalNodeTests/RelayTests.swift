import Backplane
import NIOCore
import NIOEmbedded
import SignalDomain
import Testing

@testable import SignalNode

@Suite("The line to the other nodes and the shared state")
struct RelayTests {
    /// Answers when the test says so.
    private final class SlowBackplane: Backplane {
        let loop: any EventLoop = EmbeddedEventLoop()
        var calls: [BackplaneCommand] = []
        /// Whether the link is down: then every command fails from within the call.
        var isAway = false
        private var answers: [() -> Void] = []

        func connect(as node: NodeInstance, events: @escaping (BackplaneEvent) -> Void) {}
        func reconnect(after loss: LinkLoss, reason: String) {}
        func close() {}

        func call(
            _ command: BackplaneCommand, completion: @escaping (Result<BackplaneReply, BackplaneError>) -> Void
        ) {
            calls.append(command)
            guard !isAway else { return completion(.failure(.unavailable)) }
            answers.append { completion(.success(.done)) }
        }

        func publish(_ batch: ByteBuffer, to nodes: [NodeInstance], completion: @escaping (Bool) -> Void) {
            answers.append { completion(true) }
        }

        /// Answers the oldest question; false when there is none.
        func answer() -> Bool {
            guard !answers.isEmpty else { return false }
            answers.removeFirst()()
            return true
        }
    }

    private let node = NodeInstance(bits: 1)

    @Test("is idle when everything that waits has left and was answered, with what the answers ask for")
    func idle() throws {
        let backplane = SlowBackplane()
        let relay = Relay(backplane: backplane, metrics: NodeMetrics(), windowBytes: 300)
        let room = try RoomKey(namespace: nil, room: nil)
        relay.completed = { command, _, _ in
            // As a room that is left for good: its index follows the answer.
            if case .touch = command {
                relay.append(.command(.unindex(self.node, room)))
                relay.flush()
            }
        }
        var idle: [Int] = []
        relay.whenIdle { idle.append(backplane.calls.count) }
        #expect(idle == [0], "at once when nothing waits")
        for _ in 0..<5 { relay.append(.command(.touch([room]))) }
        relay.flush()
        #expect(backplane.calls.count == 2, "the rest waits for the window")
        relay.whenIdle { idle.append(backplane.calls.count) }
        while backplane.answer() {}
        #expect(idle == [0, 10])
    }

    @Test("what fails from within the call is let out once, in order, however much there is")
    func failsAtOnce() throws {
        let backplane = SlowBackplane()
        backplane.isAway = true
        let relay = Relay(backplane: backplane, metrics: NodeMetrics(), windowBytes: 300)
        let rooms = try (0..<2_000).map { try RoomKey(namespace: nil, room: "r\($0)") }
        var failed = 0
        relay.completed = { _, _, _ in
            failed += 1
            if failed == 1 { relay.append(.command(.unindex(self.node, rooms[0]))) }
            relay.flush()
        }
        var idle = 0
        for room in rooms { relay.append(.command(.touch([room]))) }
        relay.whenIdle { idle += 1 }
        relay.flush()
        #expect(failed == rooms.count + 1)
        #expect(backplane.calls == rooms.map { .touch([$0]) } + [.unindex(node, rooms[0])])
        #expect(idle == 1)
    }
}
