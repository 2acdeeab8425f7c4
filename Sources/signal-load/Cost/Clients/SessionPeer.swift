import FailoverHistory
import NIOCore
import SignalDomain

/// A dialect 2 client: one session, whose connections its owner opens and ends. It confirms what it gets in time.
///
/// Confined to its event loop.
final class SessionPeer: CostPeer, ReliableConnectionObserver {
    private(set) var tally = PeerTally()
    private let room: String
    private let loop: any EventLoop
    private var session: ReliableSession
    private var connection: ReliableConnection?
    private var opening: EventLoopPromise<Void>?
    private var acknowledging: Scheduled<Void>?

    /// As late as the protocol allows: nodes take 20 confirmations a second from a socket, and refuse more.
    private static let ackDelay = TimeAmount.milliseconds(50)

    init(name: String, room: String, loop: any EventLoop) {
        (self.room, self.loop) = (room, loop)
        let secret = (0..<16).map { _ in UInt8.random(in: 0...255) }
        session = ReliableSession(peerId: name, secret: Base64URL.encode(secret))
    }

    func open(at endpoint: Endpoint) -> EventLoopFuture<Void> {
        let promise = loop.makePromise(of: Void.self)
        opening = promise
        let seat = Seat(
            endpoint: endpoint, room: room, peerId: session.peerId, mask: .random(in: 1...UInt32.max))
        let connection = ReliableConnection(seat: seat, namespace: Seat.namespace, observer: self)
        self.connection = connection
        connection.dial(endpoint.address, on: loop)
        return promise.futureResult
    }

    func say(_ texts: [String]) { connection?.write(texts) }

    func leave() { connection?.close(code: 1000, as: .moving) }

    func cut() { connection?.cut(as: .moving) }

    func connectionDidOpen(_ connection: ReliableConnection) {
        step { session, now, output in session.begin(at: now, &output) }
    }

    func connection(_ connection: ReliableConnection, didReceive text: ByteBuffer) {
        guard let message = text.withUnsafeReadableBytes({ ServerMessage($0) }) else {
            return note("a message that is none of the protocol")
        }
        step { session, now, output in session.receive(message, at: now, &output) }
        if session.phase == .open { opening.take()?.succeed() }
    }

    func connectionDidEnd(_ connection: ReliableConnection, _ end: ConnectionEnd) {
        self.connection = nil
        session.end()
        if end != .moving { note("the connection ended: \(end)") }
        opening.take()?.fail(RigFailure("no welcome: \(end)"))
    }

    private func step(_ body: (inout ReliableSession, Duration, inout SessionOutput) -> Void) {
        var output = SessionOutput()
        body(&session, .nanoseconds(Int64(NIODeadline.now().uptimeNanoseconds)), &output)
        connection?.write(output.texts)
        for report in output.reports { count(report) }
        if output.wantsAck, acknowledging == nil {
            let peer = NIOLoopBound(self, eventLoop: loop)
            acknowledging = loop.scheduleTask(in: Self.ackDelay) { peer.value.acknowledge() }
        }
    }

    private func acknowledge() {
        acknowledging = nil
        step { session, _, output in session.acknowledge(&output) }
    }

    private func count(_ report: SessionReport) {
        switch report {
        case .received, .receivedBestEffort: tally.received += 1
        case .receipt(let receipt) where receipt.outcome == .received: tally.confirmed += 1
        case .receipt(let receipt) where receipt.outcome.isFinal: note("\(receipt.outcome)")
        case .peerLeft: tally.departures += 1
        case .violation(let sentence), .error(let sentence): note(sentence)
        default: break
        }
    }

    private func note(_ trouble: String) { tally.trouble = tally.trouble ?? trouble }
}
