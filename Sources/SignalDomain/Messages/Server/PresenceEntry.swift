/// One peer as another one is told of it.
public struct PresenceEntry: Hashable, Sendable {
    public var peer: PeerID
    /// The peer that is told is the polite one of the two, see `PeerID.isPolite`.
    public var polite: Bool
    /// Milliseconds since the epoch of the first join.
    public var since: Int64
    /// Its socket is lost and the time to resume still runs.
    public var away: Bool
    /// A JSON object as its client wrote it, or empty.
    public var metadata: String

    public init(peer: PeerID, polite: Bool, since: Int64, away: Bool = false, metadata: String = "") {
        self.peer = peer
        self.polite = polite
        self.since = since
        self.away = away
        self.metadata = metadata
    }

    /// The entry in a list of members: only what differs from the rule is said.
    var json: JSONObjectText {
        var object = JSONObjectText()
        object.add("peerId", peer.text)
        object.add("polite", polite)
        object.add("since", since)
        if away { object.add("away", true) }
        if !metadata.isEmpty { object.add("metadata", json: metadata) }
        return object
    }
}
