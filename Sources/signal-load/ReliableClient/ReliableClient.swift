import NIOCore
import SignalDomain

/// Who watches a client. Always on the client's event loop.
protocol ReliableClientObserver: AnyObject {
    func client(_ client: ReliableClient, did report: SessionReport)
    /// A `hello` is written.
    func clientSaidHello(_ client: ReliableClient)
    /// An open connection has ended, and the client means to come back.
    func clientLostConnection(_ client: ReliableClient, code: UInt16)
    /// The first dial after such a loss.
    func clientBeganToResume(_ client: ReliableClient)
    /// The rules forbid to come back; a sentence.
    func clientGaveUp(_ client: ReliableClient, why: String)
    /// `acknowledge()` is wanted within `ReliableSession.ackDelay`.
    func clientWantsAcknowledgement(_ client: ReliableClient)
}

/// One dialect 2 client: it dials, resumes after every loss as the close codes ask, and keeps its session's promises.
///
/// Confined to its event loop. It goes through its seats in turn: the next one after each connection that failed.
final class ReliableClient: ReliableConnectionObserver {
    /// The owner's number of this client.
    let number: Int
    /// Where it dials, the first choice first; all in one room.
    let seats: [Seat]
    private(set) var session: ReliableSession
    /// It vanished or gave up: nothing follows.
    private(set) var isGone = false
    /// It neither says nor hears anything on the socket that it may still have.
    private var isSilent = false
    /// Without a socket by its own will, until `comeBack`.
    private(set) var isHidden = false

    private let namespace: String
    private let loop: any EventLoop
    private unowned let observer: any ReliableClientObserver
    private var random: SeededRandom
    private var policy = ReconnectPolicy()
    private var connection: ReliableConnection?
    private var dialing: Scheduled<Void>?
    private var greeting: Scheduled<Void>?
    private(set) var seatIndex = 0
    private var isResuming = false

    /// How long a server may take from the dial to the `welcome`.
    private static let patience = TimeAmount.seconds(3)

    init(
        number: Int, seats: [Seat], namespace: String, random: SeededRandom, loop: any EventLoop,
        observer: any ReliableClientObserver
    ) {
        (self.number, self.seats, self.namespace, self.loop, self.observer) = (number, seats, namespace, loop, observer)
        var random = random
        let secret = (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
        self.random = random
        session = ReliableSession(peerId: seats[0].peerId, secret: Base64URL.encode(secret))
    }

    var isOpen: Bool { session.phase == .open && !isSilent }
    /// Whether the open or next connection is at its first choice.
    var isAtHome: Bool { seatIndex == 0 }

    /// The first dial.
    func start() { dial() }

    func sendReliable(to peer: String) { step { session, _, output in session.sendReliable(to: peer, &output) } }

    /// The number of the signal; nil while offline.
    func sendBestEffort(to peer: String) -> Int? {
        var number: Int?
        step { session, _, output in number = session.sendBestEffort(to: peer, &output) }
        return number
    }

    func acknowledge() { step { session, _, output in session.acknowledge(&output) } }

    /// Says heartbeats, and gives up a socket that has fallen silent.
    func keepAlive() {
        var isAlive = true
        step { session, now, output in isAlive = session.keepAlive(at: now, &output) }
        if !isAlive { connection?.cut(as: .lost) }
    }

    /// Closes the socket with 1001 and resumes at the first choice.
    func goHome() {
        guard isOpen else { return }
        seatIndex = 0
        connection?.close(code: 1001, as: .moving)
    }

    /// Closes the socket with 1000 and never comes back: it has left.
    func leave() {
        isGone = true
        dialing?.cancel()
        connection?.close(code: 1000, as: .moving)
    }

    /// Drops the open socket without a word, and stays away.
    func hide() {
        guard isOpen else { return }
        isHidden = true
        connection?.cut(as: .moving)
    }

    /// Resumes after `hide`, at its next choice.
    func comeBack() {
        isHidden = false
        seatIndex = (seatIndex + 1) % seats.count
        dial()
    }

    /// Cuts the socket and never comes back.
    func vanish() {
        fallSilent()
        connection?.cut(as: .moving)
    }

    /// Never comes back, and leaves the socket to its end.
    func fallSilent() {
        isGone = true
        isSilent = true
        dialing?.cancel()
        greeting.take()?.cancel()
    }

    // MARK: - The connection

    private func dial() {
        guard !isGone, !isHidden, connection == nil else { return }
        if isResuming {
            isResuming = false
            observer.clientBeganToResume(self)
        }
        let seat = seats[seatIndex]
        let connection = ReliableConnection(seat: seat, namespace: namespace, observer: self)
        self.connection = connection
        let client = NIOLoopBound(self, eventLoop: loop)
        greeting = loop.scheduleTask(in: Self.patience) { client.value.connection?.cut(as: .lost) }
        connection.dial(seat.endpoint.address, on: loop)
    }

    func connectionDidOpen(_ connection: ReliableConnection) {
        guard !isSilent else { return }
        step { session, now, output in session.begin(at: now, &output) }
        observer.clientSaidHello(self)
    }

    func connection(_ connection: ReliableConnection, didReceive text: ByteBuffer) {
        guard !isSilent else { return }
        guard let message = text.withUnsafeReadableBytes({ ServerMessage($0) }) else {
            let beginning = String(decoding: text.readableBytesView.prefix(120), as: UTF8.self)
            return observer.client(self, did: .violation("a message that is none of the protocol: \(beginning)"))
        }
        let wasGreeting = session.phase == .greeting
        step { session, now, output in session.receive(message, at: now, &output) }
        if wasGreeting, isOpen {
            greeting.take()?.cancel()
            policy.succeeded()
        }
    }

    func connectionDidEnd(_ connection: ReliableConnection, _ end: ConnectionEnd) {
        self.connection = nil
        greeting.take()?.cancel()
        let wasOpen = isOpen
        session.end()
        guard !isGone else { return }
        if wasOpen {
            isResuming = true
            observer.clientLostConnection(self, code: end.code)
        }
        if end != .moving { seatIndex = (seatIndex + 1) % seats.count }
        let pause = policy.pauseMs(
            after: end, hintMs: session.retryAfterMs, windowMs: session.windowMs, using: &random)
        guard let pause else {
            isGone = true
            return observer.clientGaveUp(self, why: "\(end)")
        }
        let client = NIOLoopBound(self, eventLoop: loop)
        dialing = loop.scheduleTask(in: .milliseconds(Int64(pause))) { client.value.dial() }
    }

    /// One step of the session: what it says goes to the socket, what it reports to the observer.
    private func step(_ body: (inout ReliableSession, Duration, inout SessionOutput) -> Void) {
        guard !isSilent else { return }
        var output = SessionOutput()
        body(&session, .nanoseconds(Int64(NIODeadline.now().uptimeNanoseconds)), &output)
        connection?.write(output.texts)
        for report in output.reports { observer.client(self, did: report) }
        if output.wantsAck { observer.clientWantsAcknowledgement(self) }
    }
}

extension ConnectionEnd {
    /// The close code as a WebSocket API would tell it.
    var code: UInt16 {
        switch self {
        case .closed(let code, _): code
        case .moving: 1001
        case .lost, .refused, .unreachable: 1006
        }
    }
}
