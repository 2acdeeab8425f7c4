import Backplane
import Logging
import NIOCore
import NIOEmbedded
import SignalDomain
import SignalNode
import Synchronization

/// Nodes on one loop and one backplane in memory, with sessions whose sockets only count.
///
/// Time stands still once everybody is in, so that each message meets the same node.
final class BenchmarkCluster {
    /// Counts the frames of one session. Confined to the loop.
    private final class CountingSocket: SessionSocket {
        private(set) var frames = 0

        func send(_ frame: ByteBuffer, from sender: Session?) { frames += 1 }
        func close(_ reason: CloseReason) {}
        func pauseReading() {}
        func resumeReading() {}
    }

    /// The time of the nodes, in milliseconds.
    private final class Clock: Sendable {
        private let milliseconds = Atomic<Int64>(1_764_000_000_000)

        var now: Int64 { milliseconds.load(ordering: .relaxed) }

        func advance(_ step: Int64) { milliseconds.wrappingAdd(step, ordering: .relaxed) }
    }

    private let loop = EmbeddedEventLoop()
    private let clock = Clock()
    private let nodes: [Node]
    private var members: [(session: any SocketSession, socket: CountingSocket)] = []

    init(nodes count: Int) throws {
        var configuration = NodeConfiguration()
        configuration.rates.connectionsPerIP = 0
        // Counted as ever, and never used up.
        configuration.rates.messagesPerMinute = 1_000_000_000
        configuration.rates.publicWritesPerMinute = 1_000_000_000
        configuration.rates.publicRoomWritesPerMinute = 1_000_000_000
        let (loop, clock) = (loop, clock)
        let hub = InMemoryHub(bounds: configuration.rendezvous.bounds) { clock.now * 1_000 }
        nodes = (0..<count).map { number in
            configuration.nodeName = "node-\(number)"
            return Node(
                configuration: configuration,
                backplanes: [.init(name: "embedded", backplane: InMemoryBackplane(hub: hub, loop: loop))],
                isShared: count > 1, loops: [loop],
                clock: NodeClock(
                    monotonicMs: { clock.now }, wall: { Timestamp(milliseconds: clock.now) }),
                logger: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() }, version: "benchmark")
        }
        for node in nodes { node.start() }
        pass(seconds: 5)
    }

    /// Lets the nodes have their heartbeats.
    private func pass(seconds: Int64) {
        for _ in 0..<seconds * 10 {
            clock.advance(100)
            loop.advanceTime(by: .milliseconds(100))
        }
    }

    /// Opens the socket of another peer in the room.
    func join(node: Int, _ number: Int) throws {
        let room = try Sample.room()
        let request = HandshakeRequest(
            namespace: room.namespace, room: room.room, peerID: try Sample.peer(number).text,
            client: ClientAddress(ipv4: 0x0A00_0001))
        var answer: Result<any SocketSession, Refusal>?
        nodes[node].admit(request, on: loop) { answer = $0 }
        loop.run()
        guard let session = try answer?.get() else { throw Refusal.internalError }
        let socket = CountingSocket()
        session.open(on: socket)
        members.append((session, socket))
        pass(seconds: 2)
    }

    /// The first member says something new each time; the answer counts the frames that reached the others.
    ///
    /// More texts than a session follows, so that none counts as repeated.
    func speaker() throws -> Benchmark.Run {
        guard let first = members.first else { throw Refusal.internalError }
        let messages = (0..<256).map(Sample.candidate)
        var said = 0
        return { [self] count in
            let before = frames
            for _ in 0..<count {
                first.session.receive(messages[said & 255])
                said += 1
                if nodes.count > 1 { loop.run() }
            }
            return frames - before
        }
    }

    /// What the speaker itself gets are refusals.
    private var frames: Int { members.dropFirst().reduce(0) { $0 + $1.socket.frames } }
}
