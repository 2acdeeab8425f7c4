import SignalDomain

/// What the cluster knows of one member of a room: the value of its peer ID in the room's member hash
/// (`nid|sid|cn|cid|gen|owner|resumeHash|flags|joinedMs|meta`, cluster.md §2.2).
public struct MemberRecord: Hashable, Sendable {
    /// Says how a member takes part.
    public struct Flags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// Speaks dialect 1: cannot resume, leaves when its socket closes.
        public static let legacy = Flags(rawValue: 1)
        /// Detached: its socket is lost and its window still runs.
        public static let away = Flags(rawValue: 2)
        /// Joined while Redis was away: nobody could confirm then that the peer ID was free.
        public static let island = Flags(rawValue: 4)
        /// Its client has not sent a frame since its first welcome, which it may never have got: until then another
        /// connection of the session needs no resume token.
        public static let unheard = Flags(rawValue: 8)
        /// What other peers can see.
        public static let visible: Flags = [.away]
    }

    public var node: NodeInstance
    public var session: SessionID
    /// The client's own connection counter (`cn`); 0 for dialect 1.
    public var connectionNumber: UInt64
    public var connection: ConnectionID
    /// Orders members over the whole room: microseconds of Redis' clock, never equal twice.
    public var generation: UInt64
    /// `sub:` + token subject, or `ip:` + keyed hash of the address.
    public var owner: String
    /// Hexadecimal digest of the resume secret, or empty.
    public var resumeDigest: String
    public var flags: Flags
    /// Milliseconds since the epoch of the first join.
    public var joinedAt: Int64
    /// A JSON object, or empty.
    public var metadata: String

    public init(
        node: NodeInstance, session: SessionID, connectionNumber: UInt64 = 0, connection: ConnectionID,
        generation: UInt64 = 0, owner: String, resumeDigest: String = "", flags: Flags = [], joinedAt: Int64 = 0,
        metadata: String = ""
    ) {
        self.node = node
        self.session = session
        self.connectionNumber = connectionNumber
        self.connection = connection
        self.generation = generation
        self.owner = owner
        self.resumeDigest = resumeDigest
        self.flags = flags
        self.joinedAt = joinedAt
        self.metadata = metadata
    }

    /// The stored form; the owner is escaped so that no field but the last can hold a bar.
    public var text: String {
        [
            node.text, session.text, String(connectionNumber), connection.text, String(generation),
            EscapedName.encode(owner), resumeDigest, String(flags.rawValue), String(joinedAt), metadata,
        ].joined(separator: "|")
    }

    /// Reads the stored form; nil when any field is off, for what Redis holds is remote input.
    public init?(text: String) {
        let fields = text.split(separator: "|", maxSplits: 9, omittingEmptySubsequences: false)
        guard fields.count == 10, let node = NodeInstance(text: fields[0]), let session = SessionID(String(fields[1])),
            let number = UInt64(fields[2]), let connection = ConnectionID(text: fields[3]),
            let generation = UInt64(fields[4]), let owner = EscapedName.decode(String(fields[5])),
            let flags = UInt8(fields[7]), let joinedAt = Int64(fields[8])
        else { return nil }
        self.init(
            node: node, session: session, connectionNumber: number, connection: connection, generation: generation,
            owner: owner, resumeDigest: String(fields[6]), flags: Flags(rawValue: flags), joinedAt: joinedAt,
            metadata: String(fields[9]))
    }
}
