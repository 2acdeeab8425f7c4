/// What a moderator is told of its `moderate`.
extension ServerMessages {
    /// It was done.
    ///
    /// - Parameters:
    ///   - id: as the moderator wrote it, JSON text.
    ///   - applied: peers that were there to be kicked, or decisions that were stored.
    public static func moderated(action: String, peer: PeerID?, applied: Int, id: String?) -> [UInt8] {
        var object = JSONObjectText()
        object.add("type", "moderated")
        object.add("action", action)
        if let peer { object.add("peerId", peer.text) }
        object.add("applied", applied)
        if let id { object.add("id", json: id) }
        return object.closed
    }
}
