/// One peer that wants to be found in a room, until `expiresAt`.
public struct RendezvousEntry: Hashable, Sendable {
    public let peer: PeerID
    /// Where the peer says it can be reached; never its client address.
    public let addresses: [String]
    /// The text of a JSON object.
    public let metadata: String
    public let seenAt: Timestamp
    public let expiresAt: Timestamp
    public let ttlMs: Int64
    /// Who may change it; never shown.
    public let owner: String
    /// Its place in the room's order of changes; a refresh with the same content keeps it.
    public let change: Int64

    public init(
        peer: PeerID, addresses: [String], metadata: String, seenAt: Timestamp, expiresAt: Timestamp, ttlMs: Int64,
        owner: String, change: Int64
    ) {
        self.peer = peer
        self.addresses = addresses
        self.metadata = metadata
        self.seenAt = seenAt
        self.expiresAt = expiresAt
        self.ttlMs = ttlMs
        self.owner = owner
        self.change = change
    }

    public func isLive(at now: Timestamp) -> Bool { expiresAt > now }

    /// The public record: `peerId,namespace,room,addresses,metadata,seenAt,expiresAt,ttlMs,refreshAfterMs`.
    public func json(in room: RoomKey) -> [UInt8] {
        var out = Array("{\"peerId\":".utf8)
        JSONText.append(peer.text, to: &out)
        out += Array(",\"namespace\":".utf8)
        JSONText.append(room.namespace, to: &out)
        out += Array(",\"room\":".utf8)
        JSONText.append(room.room, to: &out)
        out += Array(",\"addresses\":[".utf8)
        for (index, address) in addresses.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            JSONText.append(address, to: &out)
        }
        out += Array("],\"metadata\":\(metadata)".utf8)
        out += Array(",\"seenAt\":\(seenAt.milliseconds),\"expiresAt\":\(expiresAt.milliseconds)".utf8)
        out += Array(",\"ttlMs\":\(ttlMs),\"refreshAfterMs\":\(ttlMs / 2)}".utf8)
        return out
    }
}
