/// To whom a signal of dialect 2 goes, and how much the server promises for it (protocol, "Signals").
public enum SignalTarget: Hashable, Sendable {
    /// To everybody else in the room, at most once; its `id`, if any, is the peers' own affair.
    case broadcast
    /// To these peers, at most once.
    case direct([PeerID])
    /// To these peers with an outcome for each; `id` is the JSON text as written, with its quotes.
    case confirmed([PeerID], id: String)

    /// The bounds of a directed signal.
    public struct Limits: Hashable, Sendable {
        /// Names in one `to`, repeats included.
        public var maxTargets = 64
        /// Unicode scalars of one `id`.
        public var maxIDCharacters = 64
        /// Bytes of a signal with an `id`, for the server keeps a copy until its outcome is known.
        public var maxConfirmedBytes = 65_536

        public init() {}
    }

    /// Reads `to` and `id`; the names in `to` keep their order, and repeats are merged into the first.
    ///
    /// - Parameters:
    ///   - message: what a scan of exactly these `bytes` found.
    ///   - sender: may not name itself.
    public init(
        _ message: ScannedMessage, in bytes: UnsafeRawBufferPointer, from sender: PeerID, limits: Limits = Limits()
    ) throws(SignalFault) {
        guard let to = message.to else {
            self = .broadcast
            return
        }
        let peers = try Self.peers(to, in: bytes, limit: limits.maxTargets)
        guard !peers.contains(sender) else { throw .toOneself }
        guard message.id != nil else {
            self = .direct(peers)
            return
        }
        guard let id = Self.id(of: message, in: bytes, limits: limits) else {
            throw .id(maxCharacters: limits.maxIDCharacters)
        }
        guard bytes.count <= limits.maxConfirmedBytes else { throw .tooLarge(maxBytes: limits.maxConfirmedBytes) }
        self = .confirmed(peers, id: id)
    }

    /// The `id` of a message as JSON text with its quotes; nil when it has none that could name a signal.
    ///
    /// It is what answers about the message repeat, so that the sender knows which one is meant.
    public static func id(
        of message: ScannedMessage, in bytes: UnsafeRawBufferPointer, limits: Limits = Limits()
    ) -> String? {
        // No scalar is longer as written than a surrogate pair of two escapes.
        guard let value = message.id, value.range.count - 2 <= limits.maxIDCharacters * 12,
            let text = value.string(in: bytes), 1...limits.maxIDCharacters ~= text.unicodeScalars.count
        else { return nil }
        return String(decoding: bytes[value.range], as: UTF8.self)
    }

    private static func peers(
        _ to: MemberValue, in bytes: UnsafeRawBufferPointer, limit: Int
    ) throws(SignalFault) -> [PeerID] {
        if let text = to.string(in: bytes) { return [try peer(text)] }
        guard to.kind == .array else { throw .to }
        guard let texts = to.strings(in: bytes, limit: limit) else { throw .targets(max: limit) }
        guard !texts.isEmpty else { throw .to }
        var peers: [PeerID] = []
        var known = Set<PeerID>(minimumCapacity: texts.count)
        for text in texts {
            let peer = try peer(text)
            if known.insert(peer).inserted { peers.append(peer) }
        }
        return peers
    }

    private static func peer(_ text: String) throws(SignalFault) -> PeerID {
        do throws(NameError) { return try PeerID(text) } catch { throw .to }
    }
}
