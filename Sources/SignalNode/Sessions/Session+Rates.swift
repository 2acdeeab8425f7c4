import CoreMetrics
public import NIOCore
import SignalDomain

/// What the messages of a sender cost its address, and how they wait when it has nothing left.
extension Session {
    /// The message in work, and those behind it that wait (`RATE_LIMIT_MODE=delay`).
    struct Turn {
        /// Messages that the first one has paid so far.
        var paid = 0
        var isCounted = false
        /// In the order of the client. Reads are paused, so these are what was read before.
        var line: [ByteBuffer] = []
        var isWaiting = false

        /// Keeps a copy, for a message shares its memory with the reads of its socket.
        mutating func wait(_ message: ByteBuffer) { line.append(ByteBufferAllocator().buffer(buffer: message)) }

        /// Another message is first in line.
        mutating func pass() {
            paid = 0
            isCounted = false
        }
    }

    enum Charge {
        case paid
        case refused(retryAfterMs: Int64)
        /// The message waits, and comes again.
        case postponed
    }

    /// One complete message of the peer: text in valid UTF-8, or in dialect 1 binary that is taken as text.
    public func receive(_ message: ByteBuffer) {
        guard case .open(let socket) = state.value.phase else { return }
        if state.value.turn.isWaiting { return state.value.turn.wait(message) }
        state.value.turn.pass()
        handle(message, socket)
        if state.value.turn.isWaiting { state.value.turn.wait(message) }
    }

    private func handle(_ message: ByteBuffer, _ socket: any SessionSocket) {
        switch dialect {
        case .one: take(message, socket)
        case .two: hear(message, socket)
        case .topics: publish(message, socket)
        case .peerJS: pass(message, socket)
        }
    }

    /// Counts the message in work, once however often it is taken up.
    func countMessage() {
        guard !state.value.turn.isCounted else { return }
        state.value.turn.isCounted = true
        node.metrics.received()
    }

    /// What the message in work costs as a broadcast, which every member of the room gets.
    var broadcastPrice: Int {
        node.price(ofBroadcastTo: state.value.room?.route.members ?? 0)
    }

    /// Charges the sender's address so that the message in work has paid `price`.
    func charge(_ price: Int = 1) -> Charge {
        let due = price - state.value.turn.paid
        guard due > 0 else { return .paid }
        switch node.charge(seat, due) {
        case .admitted:
            state.value.turn.paid = price
            return .paid
        case .refused(let retryAfterMs):
            guard node.configuration.abuse.counting == .delay else { return .refused(retryAfterMs: retryAfterMs) }
            node.metrics.rateLimited.increment()
            rest(retryAfterMs)
            return .postponed
        }
    }

    private func rest(_ milliseconds: Int64) {
        if state.value.turn.line.isEmpty { holdReads() }
        state.value.turn.isWaiting = true
        seat.shard.loop.scheduleTask(in: .milliseconds(milliseconds)) { self.goOn() }
    }

    /// The budget may have refilled: takes up the line where it stopped.
    private func goOn() {
        state.value.turn.isWaiting = false
        while let message = state.value.turn.line.first {
            guard case .open(let socket) = state.value.phase else { return state.value.turn.line.removeAll() }
            handle(message, socket)
            if state.value.turn.isWaiting { return }
            state.value.turn.line.removeFirst()
            state.value.turn.pass()
        }
        releaseReads()
    }
}
