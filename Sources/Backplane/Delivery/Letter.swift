public import NIOCore
public import SignalDomain

/// A reliable signal on its way to one session, or the news for its sender that it could not be delivered: what the
/// inbox of a session holds until its client confirms it.
public struct Letter: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable {
        case signal = 0
        case undeliverable = 1
    }

    public var kind: Kind
    /// The sender; of an `undeliverable` letter the peer that could not be reached.
    public var from: PeerID
    /// The session of the sender, whose letters are told apart by `id`; of an `undeliverable` letter the lost session.
    public var session: SessionID
    /// Where the sender's copy is kept until the outcome is known, and its number there; 0 when nobody keeps one.
    public var node: NodeInstance
    public var number: UInt64
    /// The client's own `id` as JSON text, with its quotes.
    public var id: String
    /// The stamped JSON object without `seq`, which each connection adds for itself.
    public var payload: ByteBuffer

    public init(
        kind: Kind = .signal, from: PeerID, session: SessionID, node: NodeInstance, number: UInt64, id: String,
        payload: ByteBuffer
    ) {
        self.kind = kind
        self.from = from
        self.session = session
        self.node = node
        self.number = number
        self.id = id
        self.payload = payload
    }

    /// What makes two letters of one inbox the same: a copy that is submitted again must not count twice.
    public struct Identity: Hashable, Sendable {
        var kind: Kind
        var source: String
        var id: String

        /// That of the news that the signal `id` did not reach `peer`.
        static func news(of id: String, to peer: PeerID) -> Identity {
            Identity(kind: .undeliverable, source: peer.text, id: id)
        }
    }

    public var identity: Identity {
        Identity(kind: kind, source: kind == .signal ? session.text : from.text, id: id)
    }

    /// The news that `letter` did not reach `peer`, for the letter's sender.
    public static func undeliverable(_ letter: Letter, to peer: PeerID, _ session: SessionID, reason: LeaveReason)
        -> Letter
    {
        let news = #"{"type":"undeliverable","id":\#(letter.id),"to":"\#(peer.text)","reason":"\#(reason.rawValue)"}"#
        return Letter(
            kind: .undeliverable, from: peer, session: session, node: letter.node, number: 0, id: letter.id,
            payload: ByteBuffer(string: news))
    }
}

/// The place of a letter in its inbox: the ID of a Redis stream entry, which rises within one inbox.
public struct InboxID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let milliseconds: UInt64
    public let sequence: UInt64

    public init(milliseconds: UInt64, sequence: UInt64) {
        self.milliseconds = milliseconds
        self.sequence = sequence
    }

    /// Reads `milliseconds-sequence`.
    public init?(text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let milliseconds = UInt64(parts[0]), let sequence = UInt64(parts[1]) else { return nil }
        self.init(milliseconds: milliseconds, sequence: sequence)
    }

    public var text: String { "\(milliseconds)-\(sequence)" }
    public var description: String { text }

    public static func < (left: Self, right: Self) -> Bool {
        (left.milliseconds, left.sequence) < (right.milliseconds, right.sequence)
    }
}

/// A letter in an inbox.
public struct InboxEntry: Hashable, Sendable {
    public var id: InboxID
    public var letter: Letter

    public init(id: InboxID, letter: Letter) {
        self.id = id
        self.letter = letter
    }
}

/// How much one inbox may hold, and for how long.
public struct InboxLimits: Hashable, Sendable {
    /// Letters.
    public var entries: Int
    /// Bytes of payloads.
    public var bytes: Int
    /// Milliseconds after the last letter.
    public var ttlMs: Int64
    /// Milliseconds that an inbox stays known after its last letter was confirmed.
    public var emptyTTLMs: Int64

    public init(
        entries: Int = 256, bytes: Int = 1_048_576, ttlMs: Int64 = 600_000, emptyTTLMs: Int64 = 60_000
    ) {
        self.entries = entries
        self.bytes = bytes
        self.ttlMs = ttlMs
        self.emptyTTLMs = emptyTTLMs
    }
}

/// What a receiver's node can say of a letter: confirmed by the client, or written to a socket that cannot confirm.
public enum ReceiptLevel: UInt8, Hashable, Sendable {
    case received = 0
    case written = 1
}
