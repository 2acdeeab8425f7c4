import Backplane
import CoreMetrics
import NIOCore
import SignalDomain

/// One socket of `/topics`: a session in the room of each topic that its client subscribes to.
///
/// Confined to the event loop of its socket.
final class TopicsConnection: SocketSession {
    private struct Seat {
        let session: Session
        let socket: TopicSocket
    }

    let dialect = Dialect.topics
    private let place: Newcomer.Place
    private let identity: Identity
    private let node: Node
    /// Its name in all of its rooms, unless its token names it.
    private let peer: PeerID
    private var socket: (any SessionSocket)?
    private var subscriptions = Subscriptions()
    private var seats: [RoomKey: Seat] = [:]
    /// Sessions that want the client to wait.
    private var pauses = 0

    /// - Parameter place: its slot belongs to this connection.
    init(at place: Newcomer.Place, as peer: PeerID, identity: Identity, node: Node) {
        self.place = place
        self.peer = peer
        self.identity = identity
        self.node = node
    }

    // MARK: Life

    func open(on socket: any SessionSocket) {
        self.socket = socket
        node.metrics.opened()
    }

    func watch() {
        for seat in seats.values { seat.session.watch() }
    }

    func noteRoundTrip(_ milliseconds: Int64) {}

    func closed(_ end: SocketEnd) {
        if socket != nil { node.metrics.gone() }
        socket = nil
        leaveAll()
        node.releaseSlot(place.address, hasSlot: place.hasSlot)
    }

    /// Ends all subscriptions, then the socket.
    func close(_ reason: CloseReason) {
        leaveAll()
        socket?.close(reason)
    }

    private func leaveAll() {
        for room in seats.keys { leave(room) }
    }

    // MARK: The socket, as its sessions use it

    func send(_ frame: ByteBuffer, from sender: Session?) { socket?.send(frame, from: sender) }

    func pause() {
        pauses += 1
        if pauses == 1 { socket?.pauseReading() }
    }

    func resume() {
        pauses -= 1
        if pauses == 0 { socket?.resumeReading() }
    }

    // MARK: What the client says

    func receive(_ message: ByteBuffer) {
        guard socket != nil else { return }
        let limit = node.configuration.compatibility.topicsPerConnection
        let said = message.withUnsafeReadableBytes { TopicMessage($0, limits: node.scanLimits, maxTopics: limit) }
        switch said {
        case .publish(let topic): publish(message, to: topic)
        case .ping: if pay(1) { send(SignalFrame.text(ServerMessages.pong), from: nil) }
        case .subscribe(let topics): if pay(topics.count) { for topic in topics { subscribe(topic, limit: limit) } }
        case .unsubscribe(let topics):
            if pay(1) { for case let room? in topics.map({ try? RoomKey(topic: $0) }) { leave(room) } }
        case .other: _ = pay(1)
        case .unreadable(let fault): if pay(1) { refuse(fault.code, nil, fault.sentence) }
        }
    }

    /// Charges the address for messages that are for the node.
    private func pay(_ price: Int) -> Bool {
        node.metrics.received()
        guard case .refused = node.charge(place.address, isExempt: place.isExempt, max(price, 1)) else { return true }
        refuse(.rateLimited, nil)
        return false
    }

    private func refuse(_ code: ErrorCode, _ topic: String?, _ sentence: String? = nil) {
        node.metrics.rejected(code)
        send(
            SignalFrame.text(ServerMessages.topicError(code, topic: topic, message: sentence ?? code.sentence)),
            from: nil)
    }

    private func publish(_ message: ByteBuffer, to topic: String) {
        guard let room = try? RoomKey(topic: topic) else { return refuse(.invalidMessage, nil, Self.badTopic) }
        switch subscriptions.publish(message, to: room) {
        case .now:
            // What the session does may end it.
            let session = seats[room]?.session
            session?.receive(message)
        case .later: break
        case .notSubscribed: if pay(1) { refuse(.forbidden, topic, "Subscribe to the topic first.") }
        case .overflow: close(.badRequest)
        }
    }

    private static let badTopic = "A topic is a name of 1 to 255 bytes without control characters."

    // MARK: Subscriptions

    private func subscribe(_ topic: String, limit: Int) {
        guard let room = try? RoomKey(topic: topic) else { return refuse(.invalidMessage, nil, Self.badTopic) }
        switch subscriptions.add(room, limit: limit) {
        case .known: break
        case .tooMany: refuse(.invalidMessage, topic, "A connection may have at most \(limit) topics.")
        case .new: join(room)
        }
    }

    private func join(_ room: RoomKey) {
        do throws(Refusal) {
            if node.isBlocked(place.client) { throw .blocked }
            let principal = try node.principal(of: identity, in: room, as: nil, from: place.client, needing: .join)
            var place = place
            place.room = room
            place.hasSlot = false
            let session = Session(
                place.seat(of: principal.peer ?? peer), node: node, identity: identity, principal: principal,
                speaking: .topics)
            seats[room] = Seat(session: session, socket: TopicSocket(of: self))
            let connection = NIOLoopBound(self, eventLoop: place.shard.loop)
            let owner = node.owner(of: principal, from: place.client)
            session.cluster.join(node.command(for: session, ownedBy: owner), for: session) { answer in
                connection.value.joined(room, session, answer)
            }
        } catch {
            node.noteFailure(error, from: place.client)
            subscriptions.remove(room)
            refuse(.forbidden, room.room, error.sentence)
        }
    }

    private func joined(_ room: RoomKey, _ session: Session, _ answer: JoinAnswer) {
        guard let seat = seats[room], seat.session === session else { return }
        guard case .admitted = answer else {
            leave(room)
            return refuse(answer == .full ? .roomFull : .unavailable, room.room)
        }
        session.open(on: seat.socket)
        for message in subscriptions.joined(room) { session.receive(message) }
    }

    private func leave(_ room: RoomKey) {
        subscriptions.remove(room)
        guard let seat = seats.removeValue(forKey: room) else { return }
        seat.session.closed(.clean(code: CloseReason.normal.code))
        seat.socket.resumeReading()
    }
}
