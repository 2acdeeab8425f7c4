/// Who is in the room, for peers of dialect 2; `version` is the room's, and orders these messages.
extension ServerMessages {
    /// One more page of the list that `welcome` or `resync` began.
    public static func members(_ members: [PresenceEntry], more: Bool, version: UInt64) -> [UInt8] {
        var object = JSONObjectText(capacity: 128 * (members.count + 1))
        object.add("type", "members")
        object.add("members", members.lazy.map(\.json))
        object.add("more", more)
        object.add("v", version)
        return object.closed
    }

    /// The list that replaces what the client knows of the room; with `more`, pages of `members` follow.
    public static func resync(_ members: [PresenceEntry], more: Bool = false, version: UInt64) -> [UInt8] {
        var object = JSONObjectText(capacity: 128 * (members.count + 1))
        object.add("type", "resync")
        object.add("members", members.lazy.map(\.json))
        if more { object.add("more", true) }
        object.add("v", version)
        return object.closed
    }

    /// A peer has come; whoever comes is not away, and its metadata is always said.
    public static func peerJoined(_ entry: PresenceEntry, version: UInt64) -> [UInt8] {
        var object = JSONObjectText()
        object.add("type", "peer-joined")
        object.add("peerId", entry.peer.text)
        object.add("polite", entry.polite)
        object.add("since", entry.since)
        object.add("metadata", json: orEmptyObject(entry.metadata))
        object.add("v", version)
        return object.closed
    }

    /// A peer is gone for good.
    ///
    /// - Parameter reason: the machine word: `left`, `timeout`, `node-lost`, `kicked` or `replaced`.
    public static func peerLeft(_ peer: PeerID, reason: String, version: UInt64) -> [UInt8] {
        var object = JSONObjectText()
        object.add("type", "peer-left")
        object.add("peerId", peer.text)
        object.add("reason", reason)
        object.add("v", version)
        return object.closed
    }

    /// A peer has changed.
    ///
    /// - Parameters:
    ///   - metadata: all of it from now on, a JSON object or empty; nil = as before.
    ///   - away: nil = as before.
    public static func peerUpdated(
        _ peer: PeerID, metadata: String? = nil, away: Bool? = nil, version: UInt64
    ) -> [UInt8] {
        var object = JSONObjectText()
        object.add("type", "peer-updated")
        object.add("peerId", peer.text)
        if let metadata { object.add("metadata", json: orEmptyObject(metadata)) }
        if let away { object.add("away", away) }
        object.add("v", version)
        return object.closed
    }

    private static func orEmptyObject(_ metadata: String) -> String { metadata.isEmpty ? "{}" : metadata }
}
