/// The rooms of clients that were written for other servers. Their namespaces are closed to `/signal`, whose messages
/// these clients do not speak and could take for something else.
extension RoomKey {
    private static let topicsNamespace = "y-topics"
    private static let peerJSPrefix = "peerjs:"

    /// The room of a topic of `/topics`: its subscribers are the members.
    ///
    /// - Throws: `NameError` of the room when it is empty or breaks the rules of a name.
    public init(topic: String) throws(NameError) {
        guard !topic.isEmpty else { throw NameError(field: .room, reason: .empty) }
        try self.init(namespace: Self.topicsNamespace, room: topic)
    }

    /// The room of one peer of `/peerjs`, which is alone in it: so an ID is taken at most once in the cluster, and no
    /// room grows with the number of peers.
    ///
    /// - Parameter key: what clients call the API key; peers of different keys never meet.
    public init(peerJSKey key: String, of peer: PeerID) throws(NameError) {
        guard !key.isEmpty else { throw NameError(field: .namespace, reason: .empty) }
        try self.init(namespace: Self.peerJSPrefix + key, room: peer.text)
    }

    /// The room of another peer under the same key.
    public func besides(_ peer: PeerID) throws(NameError) -> RoomKey {
        try RoomKey(namespace: namespace, room: peer.text)
    }

    /// Whether only a compatibility endpoint brings members here.
    public var isOfOtherClients: Bool {
        namespace == Self.topicsNamespace || namespace.utf8.starts(with: Self.peerJSPrefix.utf8)
    }
}

extension PeerID {
    /// Takes the ID of a PeerJS client: letters and digits with a space, `_` or `-` between them, and what other peers
    /// may have in their names. A space is kept as `~`, which such an ID cannot hold.
    public init(peerJS id: String) throws(NameError) {
        guard !id.utf8.contains(UInt8(ascii: "~")) else { throw NameError(field: .peerID, reason: .forbiddenCharacter) }
        try self.init(String(decoding: id.utf8.map { $0 == UInt8(ascii: " ") ? UInt8(ascii: "~") : $0 }, as: UTF8.self))
    }

    /// The ID as its client writes it.
    public var peerJSText: String {
        String(decoding: text.utf8.map { $0 == UInt8(ascii: "~") ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
    }
}
