import FailoverHistory

/// One dialect 2 session over all its connections: what to say, what to confirm, what to say again.
///
/// Pure: texts and reports go out through `SessionOutput`, time comes in. Nothing but a `welcome` makes it repeat a signal.
struct ReliableSession {
    enum Phase { case offline, greeting, open }

    /// How long a signal may wait for its acknowledgement, and how many may.
    static let ackDelay = Duration.milliseconds(30)
    static let ackCount = 16
    /// More unfinished signals than this, and a new one is not begun.
    static let unfinishedLimit = 64

    let peerId: String
    private let secret: String
    private(set) var phase = Phase.offline
    /// The connection counter `cn`.
    private(set) var connection = 0
    /// Names of the others in the room.
    private(set) var view: Set<String> = []
    /// The node of the last `welcome`.
    private(set) var node = ""
    private(set) var windowMs = 30_000
    /// The last `retryAfterMs` of a `go-away` on this connection.
    private(set) var retryAfterMs: Int?
    /// Reliable signals without a final outcome, oldest first.
    private(set) var unfinished: [Outgoing] = []

    struct Outgoing: Equatable {
        let id: String
        let to: String
    }

    private enum Incomplete {
        case welcome(resumed: Bool)
        case resync
    }

    private var resumeToken: String?
    private var seen = RecentSignals()
    /// What to report when the last page of members has come.
    private var incomplete: Incomplete?
    private var nextId = 1
    private var nextNumber = 1
    /// The highest `seq` of this connection, and the highest confirmed one; until the `welcome`, of the one before.
    private var arrived = 0
    private var acknowledged = 0
    private var heartbeat = Duration.milliseconds(25_000)
    private var heard = Duration.zero
    /// When the last heartbeat left.
    private var beaten = Duration.zero

    /// - Parameter secret: the session id, 16 random bytes in base64url.
    init(peerId: String, secret: String) {
        (self.peerId, self.secret) = (peerId, secret)
    }

    /// Whether a `hello` carries a resume token.
    var canResume: Bool { resumeToken != nil }

    /// A new socket is open: says hello.
    mutating func begin(at now: Duration, _ output: inout SessionOutput) {
        phase = .greeting
        connection += 1
        (heard, beaten, retryAfterMs, incomplete) = (now, now, nil, nil)
        let resume = resumeToken.map { #","resume":{"token":"\#($0)","lastSeq":\#(acknowledged)}"# } ?? ""
        output.texts.append(
            #"{"type":"hello","sid":"\#(secret)","cn":\#(connection),"peerId":"\#(peerId)"\#(resume)}"#)
    }

    /// The socket is gone.
    mutating func end() { phase = .offline }

    mutating func receive(_ message: ServerMessage, at now: Duration, _ output: inout SessionOutput) {
        heard = now
        switch (phase, message) {
        case (.offline, _): break
        case (.greeting, .welcome(let welcome)): open(welcome, &output)
        case (.greeting, .error(let code)): output.reports.append(.error(code: code))
        case (.greeting, _): output.reports.append(.violation("a message before the welcome"))
        case (.open, .welcome): output.reports.append(.violation("a second welcome"))
        case (.open, _): receiveOpen(message, &output)
        }
    }

    /// Begins a reliable signal; nothing happens while offline or when too many are unfinished.
    mutating func sendReliable(to peer: String, _ output: inout SessionOutput) {
        guard phase == .open, unfinished.count < Self.unfinishedLimit else { return }
        let signal = Outgoing(id: "\(nextId)", to: peer)
        nextId += 1
        unfinished.append(signal)
        output.reports.append(.sent(id: signal.id, to: signal.to))
        say(signal, &output)
    }

    /// Sends a directed signal that nobody confirms; answers its number, or nil while offline.
    mutating func sendBestEffort(to peer: String, _ output: inout SessionOutput) -> Int? {
        guard phase == .open else { return nil }
        defer { nextNumber += 1 }
        output.texts.append(
            #"{"type":"candidate","to":"\#(peer)","n":\#(nextNumber),"candidate":"\#(Self.filler)"}"#)
        return nextNumber
    }

    /// Confirms everything that has arrived, if something is unconfirmed.
    mutating func acknowledge(_ output: inout SessionOutput) {
        guard phase == .open, arrived > acknowledged else { return }
        acknowledged = arrived
        output.texts.append(#"{"type":"ack","seq":\#(arrived)}"#)
    }

    /// Says a heartbeat when one is due; false when the server has been silent for two periods and the socket is dead.
    mutating func keepAlive(at now: Duration, _ output: inout SessionOutput) -> Bool {
        guard phase == .open else { return true }
        guard now - heard < heartbeat * 2 else { return false }
        guard now - beaten >= heartbeat else { return true }
        acknowledged = arrived
        beaten = now
        output.texts.append(#"{"type":"heartbeat","seq":\#(arrived)}"#)
        return true
    }
}

extension ReliableSession {
    private mutating func open(_ welcome: ServerMessage.Welcome, _ output: inout SessionOutput) {
        phase = .open
        (node, windowMs, resumeToken) = (welcome.node, welcome.windowMs, welcome.resumeToken)
        heartbeat = .milliseconds(max(1, welcome.heartbeatMs))
        (arrived, acknowledged) = (0, 0)
        if !welcome.resumed { unfinished = [] }
        begin(.welcome(resumed: welcome.resumed), welcome.members, &output)
        for signal in unfinished { say(signal, &output) }
    }

    private mutating func receiveOpen(_ message: ServerMessage, _ output: inout SessionOutput) {
        switch message {
        case .members(let page): add(page, &output)
        case .resync(let page): begin(.resync, page, &output)
        case .peerJoined(let peer):
            view.insert(peer)
            output.reports.append(.peerJoined(peer))
        case .peerLeft(let peer, let reason):
            view.remove(peer)
            output.reports.append(.peerLeft(peer, reason: reason))
        case .peerUpdated(let peer): output.reports.append(.peerUpdated(peer))
        case .reliable(let signal):
            count(signal.sequence, &output)
            let isNew = seen.insert(source: signal.sourceSession, id: signal.id)
            output.reports.append(.received(signal, isNew: isNew))
        case .bestEffort(let source, let number):
            output.reports.append(.receivedBestEffort(from: source, number: number))
        case .receipt(let receipt):
            if let sequence = receipt.sequence { count(sequence, &output) }
            if receipt.outcome.isFinal { unfinished.removeAll { $0.id == receipt.id } }
            output.reports.append(.receipt(receipt))
        case .goAway(let pause): retryAfterMs = pause
        case .error(let code): output.reports.append(.error(code: code))
        case .welcome, .other: break
        }
        if arrived - acknowledged >= Self.ackCount { acknowledge(&output) }
    }

    /// One more of the messages that are confirmed by number.
    private mutating func count(_ sequence: Int, _ output: inout SessionOutput) {
        guard sequence == arrived + 1 else {
            return output.reports.append(.violation("seq \(sequence) came after \(arrived)"))
        }
        arrived = sequence
        output.wantsAck = true
    }

    /// A new view begins with its first page.
    private mutating func begin(
        _ kind: Incomplete, _ page: ServerMessage.MemberPage, _ output: inout SessionOutput
    ) {
        incomplete = kind
        view = []
        add(page, &output)
    }

    private mutating func add(_ page: ServerMessage.MemberPage, _ output: inout SessionOutput) {
        guard let kind = incomplete else { return output.reports.append(.violation("members without a beginning")) }
        view.formUnion(page.peers)
        view.remove(peerId)
        guard !page.hasMore else { return }
        incomplete = nil
        let members = Array(view)
        switch kind {
        case .welcome(let resumed):
            output.reports.append(.welcomed(node: node, resumed: resumed, members: members))
        case .resync: output.reports.append(.resync(members))
        }
    }

    private mutating func say(_ signal: Outgoing, _ output: inout SessionOutput) {
        output.texts.append(
            #"{"type":"offer","to":"\#(signal.to)","id":"\#(signal.id)","sdp":"\#(Self.filler)"}"#)
    }

    /// As long as a small real signal.
    private static let filler = String(repeating: "a=candidate 1 udp 1677729535 203.0.113.7 46154 ", count: 3)
}
