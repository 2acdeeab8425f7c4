/// What one scan found in a client's message; every number is an index into the scanned bytes.
public struct ScannedMessage: Hashable, Sendable {
    public let type: MessageType
    /// Bytes to leave out, ascending and apart: every top-level member that only the server may set, with the comma
    /// that goes with it, so that what remains is a valid object.
    public let forged: [Range<Int>]
    /// Index of the opening brace.
    public let start: Int
    /// Index of the closing brace.
    public let end: Int
    /// No member is left after the cuts.
    public let isEmpty: Bool
    public let to: MemberValue?
    public let id: MemberValue?
    /// Members stay that a peer of dialect 2 would take for the server's own: `seq` or `sourceSession`.
    public let ownsSequence: Bool
    /// What it is for if it is a signal; nothing is decided by it.
    public let signalKind: SignalKind

    public init(
        type: MessageType, forged: [Range<Int>], start: Int, end: Int, isEmpty: Bool, to: MemberValue?,
        id: MemberValue?, ownsSequence: Bool = false, signalKind: SignalKind = .other
    ) {
        self.type = type
        self.forged = forged
        self.start = start
        self.end = end
        self.isEmpty = isEmpty
        self.to = to
        self.id = id
        self.ownsSequence = ownsSequence
        self.signalKind = signalKind
    }
}
