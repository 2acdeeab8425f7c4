import NIOCore

/// How senders decide when to send.
enum Pacing: Sendable {
    /// Each room has `window` messages under way; one that reached all others makes room for the next member's.
    case closed(window: Int)
    /// All rooms together send at a fixed rate, member after member.
    case open(perSecond: Double)
}

/// What has been sent and received wrongly, over a whole run.
struct Faults: Sendable, Equatable {
    var lost = 0
    var duplicates = 0
    var outOfOrder = 0
    /// Messages in a room or to a peer where they do not belong.
    var misdirected = 0
    var refused = 0
    var firstRefusal: String?
    var disconnected = 0
    var firstDisconnect: String?

    static func + (left: Faults, right: Faults) -> Faults {
        Faults(
            lost: left.lost + right.lost, duplicates: left.duplicates + right.duplicates,
            outOfOrder: left.outOfOrder + right.outOfOrder, misdirected: left.misdirected + right.misdirected,
            refused: left.refused + right.refused, firstRefusal: left.firstRefusal ?? right.firstRefusal,
            disconnected: left.disconnected + right.disconnected,
            firstDisconnect: left.firstDisconnect ?? right.firstDisconnect)
    }
}

/// Rooms of clients that talk, and the check of everything that each of them hears.
///
/// Confined to one event loop; a room never spans two of them.
final class Exchange {
    struct Counts: Sendable {
        var sent = 0
        var deliveries = 0
    }

    private struct Room {
        /// Deliveries toward the next credit of the closed loop.
        var credit = 0
        /// The member whose turn it is to send.
        var turn = 0
    }

    let crowd: Crowd
    private(set) var counts = Counts()
    private(set) var latency = Histogram()
    /// How much later than due the messages of an open loop left.
    private(set) var lateness = Histogram()
    private(set) var lastDelivery: UInt64 = 0

    private let loop: any EventLoop
    private let firstSender: Int
    private let roomSize: Int
    private let pacing: Pacing
    private let echoes: Bool
    private var rooms: [Room]
    private var messages: [StampedMessage]
    private var sent: [UInt32]
    /// By receiver and the sender's place in the room.
    private var checkers: [SequenceChecker]
    private var faults = Faults()
    private var distinctDeliveries = 0
    private var isSending = false
    private var isRecording = false
    private var pace: OpenLoopPace?
    private var turn = 0

    /// - Parameter firstSender: makes sender numbers unique over all loops.
    init(seats: [Seat], firstSender: Int, roomSize: Int, messageBytes: Int, pacing: Pacing, loop: any EventLoop) {
        (self.firstSender, self.roomSize, self.pacing, self.loop) = (firstSender, roomSize, pacing, loop)
        echoes = seats.first?.dialect.echoes ?? false
        crowd = Crowd(seats: seats, loop: loop)
        rooms = Array(repeating: Room(), count: seats.count / roomSize)
        messages = seats.enumerated().map { index, seat in
            StampedMessage(
                sender: firstSender + index, members: seat.dialect.members(of: seat), bytes: messageBytes,
                mask: seat.mask)
        }
        sent = Array(repeating: 0, count: seats.count)
        checkers = Array(repeating: SequenceChecker(), count: seats.count * roomSize)
        crowd.onText = { [unowned self] receiver, text in receive(text, at: receiver) }
    }

    // MARK: Phases

    func start() {
        isSending = true
        switch pacing {
        case .closed(let window):
            for room in rooms.indices {
                for _ in 0..<window { sendNext(in: room) }
            }
        case .open(let perSecond):
            pace = OpenLoopPace(start: NIODeadline.now().uptimeNanoseconds, perSecond: perSecond)
            sendDue()
        }
    }

    func beginRecording() -> Counts {
        isRecording = true
        return counts
    }

    func endRecording() -> Counts {
        isRecording = false
        return counts
    }

    func stop() {
        isSending = false
    }

    /// Deliveries that have still to come.
    var outstanding: Int {
        sent.reduce(0) { $0 + Int($1) } * (roomSize - 1) - distinctDeliveries
    }

    /// What is wrong, if nothing more arrives.
    func verdict() -> Faults {
        var verdict = faults
        for receiver in sent.indices {
            let first = receiver - receiver % roomSize
            for place in 0..<roomSize where first + place != receiver {
                verdict.lost += checkers[receiver * roomSize + place].lost(ofSent: sent[first + place])
            }
        }
        verdict.disconnected = crowd.losses
        verdict.firstDisconnect = crowd.firstLoss
        return verdict
    }

    // MARK: Sending

    private func send(from index: Int, due: UInt64) {
        let frame = messages[index].stamped(sequence: sent[index], time: due)
        sent[index] += 1
        counts.sent += 1
        crowd.clients[index].write(frame)
    }

    private func sendNext(in room: Int) {
        let sender = room * roomSize + rooms[room].turn
        rooms[room].turn = (rooms[room].turn + 1) % roomSize
        send(from: sender, due: NIODeadline.now().uptimeNanoseconds)
    }

    private func sendDue() {
        guard isSending, pace != nil else { return }
        let now = NIODeadline.now().uptimeNanoseconds
        while let due = pace?.take(by: now) {
            if isRecording { lateness.record(now - due) }
            send(from: turn, due: due)
            turn = (turn + 1) % sent.count
        }
        guard let next = pace?.nextDue else { return }
        let exchange = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(deadline: .uptimeNanoseconds(next)) { exchange.value.sendDue() }
    }

    // MARK: Receiving

    private func receive(_ text: ByteBuffer, at receiver: Int) {
        // The messages of one room are of one shape.
        guard let stamp = Stamp(in: text, expectedAt: messages[receiver].stampOffset) else { return receiveOther(text) }
        let sender = stamp.sender - firstSender
        if echoes, sender == receiver { return }
        guard sent.indices.contains(sender), sender != receiver, sender / roomSize == receiver / roomSize,
            stamp.sequence < sent[sender]
        else {
            faults.misdirected += 1
            return
        }
        let now = NIODeadline.now().uptimeNanoseconds
        switch checkers[receiver * roomSize + sender % roomSize].observe(stamp.sequence) {
        case .next: break
        case .late: faults.outOfOrder += 1
        case .duplicate:
            faults.duplicates += 1
            return
        }
        distinctDeliveries += 1
        counts.deliveries += 1
        lastDelivery = now
        if isRecording { latency.record(now - min(stamp.time, now)) }
        if case .closed = pacing, isSending { earnCredit(in: receiver / roomSize) }
    }

    private func earnCredit(in room: Int) {
        rooms[room].credit += 1
        guard rooms[room].credit == roomSize - 1 else { return }
        rooms[room].credit = 0
        sendNext(in: room)
    }

    /// A refusal counts; anything else that is not ours (`pong`, presence) is none of our business.
    private func receiveOther(_ text: ByteBuffer) {
        let bytes = text.readableBytesView
        guard bytes.firstRange(of: Array(#""type":"error""#.utf8)) != nil else { return }
        faults.refused += 1
        if faults.firstRefusal == nil { faults.firstRefusal = String(decoding: bytes.prefix(200), as: UTF8.self) }
    }
}
