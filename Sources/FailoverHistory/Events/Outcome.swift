/// What a sender is told of one signal to one target (protocol.md §4).
public enum Outcome: Sendable, Hashable, Codable {
    /// Provisional: in the receiver's inbox in Redis.
    case stored
    /// The receiving client confirmed it.
    case received
    /// Handed to the socket of a dialect 1 peer.
    case written
    case nack(code: String)
    case undeliverable(reason: String)

    /// Whether nothing may follow.
    public var isFinal: Bool { self != .stored }

    /// Whether the server took responsibility for the signal.
    public var isAcknowledgement: Bool {
        switch self {
        case .stored, .received, .written: true
        case .nack, .undeliverable: false
        }
    }
}

/// The `reason` of a `peer-left`.
public enum LeaveReason: String, Sendable, Hashable, Codable {
    case left
    case timeout
    case nodeLost = "node-lost"
    case kicked
    case replaced
}

/// Where an audit read its members.
public enum AuditSource: Sendable, Hashable, Codable {
    case redis
    case node(String)
}
