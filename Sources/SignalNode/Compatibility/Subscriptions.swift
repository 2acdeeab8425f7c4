import NIOCore
import SignalDomain

/// The topics of one connection, and what its client wants to publish before it has its place among the subscribers.
///
/// A pure state machine, bounded like the backlog of a client that does not wait for its welcome.
struct Subscriptions {
    enum Addition: Hashable {
        case new
        case known
        case tooMany
    }

    enum Publication: Hashable {
        case now
        /// It waits until the place is there.
        case later
        case notSubscribed
        /// Too much waits.
        case overflow
    }

    private var isJoined: [RoomKey: Bool] = [:]
    private var waiting: [(room: RoomKey, message: ByteBuffer)] = []
    private var bytes = 0

    mutating func add(_ room: RoomKey, limit: Int) -> Addition {
        guard isJoined[room] == nil else { return .known }
        guard isJoined.count < limit else { return .tooMany }
        isJoined[room] = false
        return .new
    }

    mutating func remove(_ room: RoomKey) {
        isJoined[room] = nil
        _ = take(room)
    }

    /// The place is there: answers what waited for it, in its order.
    mutating func joined(_ room: RoomKey) -> [ByteBuffer] {
        isJoined[room] = true
        return take(room)
    }

    mutating func publish(_ message: ByteBuffer, to room: RoomKey) -> Publication {
        guard let isJoined = isJoined[room] else { return .notSubscribed }
        guard !isJoined else { return .now }
        guard waiting.count < Backlog.maxMessages, bytes + message.readableBytes <= Backlog.maxBytes else {
            return .overflow
        }
        bytes += message.readableBytes
        waiting.append((room, message))
        return .later
    }

    private mutating func take(_ room: RoomKey) -> [ByteBuffer] {
        let taken = waiting.filter { $0.room == room }.map { $0.message }
        waiting.removeAll { $0.room == room }
        bytes -= taken.reduce(0) { $0 + $1.readableBytes }
        return taken
    }
}
