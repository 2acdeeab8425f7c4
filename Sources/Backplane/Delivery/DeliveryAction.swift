public import SignalDomain

/// What the delivery of directed signals asks of its runner.
public enum DeliveryAction: Hashable, Sendable {
    case call(BackplaneCommand)
    /// Hands a signal to a client. `sequence` numbers the reliable ones of a connection, from 1.
    case deliver(ConnectionID, Letter, sequence: UInt64?)
    /// Tells a sender what became of its signal.
    case outcome(ConnectionID, id: String?, to: PeerID, Outcome)
    /// The client has confirmed nothing for too long: its socket closes, its session stays.
    case unconfirmed(ConnectionID)
    /// A room should be read again: it lists a peer that the shared state does not know.
    case resync(RoomKey)
}

/// What became of one directed signal at one peer (protocol.md §4).
public enum Outcome: Hashable, Sendable {
    public enum Refusal: String, Hashable, Sendable, CaseIterable {
        case notFound = "not_found"
        case full
        case degraded
        case timeout
    }

    /// In the inbox of the receiver; another outcome follows.
    case stored
    /// Confirmed by the receiving client.
    case received
    /// Handed to the socket of a client that cannot confirm.
    case written
    case refused(Refusal)
}

/// A member of a room that this node holds, with or without a socket.
public struct Place: Hashable, Sendable {
    public var room: RoomKey
    public var peer: PeerID

    public init(room: RoomKey, peer: PeerID) {
        self.room = room
        self.peer = peer
    }
}
