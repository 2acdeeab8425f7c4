import Backplane
import SignalDomain

/// One thing that happened.
enum NodeEvent: Sendable {
    case joined(PeerID, in: RoomKey)
    case left(PeerID, in: RoomKey)
    case kicked(PeerID, in: RoomKey)
    case decided(SanctionEntry)
    case backplane(shard: String, String)
    case draining(Bool)
    /// Members of a dead node were removed from a room.
    case swept(Int, of: NodeInstance, in: RoomKey)
    /// Another node is there (`up`), or has gone after its drain (`stopped`) or because its lease ran out (`lost`).
    case node(String, state: String)
    /// What a node has counted: finished members.
    case counters(JSONObjectText)

    /// Whether only the node where it happened knows of it: the others are told. Decisions, kicks and leases reach every
    /// node in its own way.
    var isLocal: Bool {
        switch self {
        case .joined, .left, .backplane, .draining, .swept, .counters: true
        case .kicked, .decided, .node: false
        }
    }

    /// Whether there may be very many of them.
    var isFrequent: Bool {
        switch self {
        case .joined, .left, .swept: true
        default: false
        }
    }

    /// `event:` and `data:`, as in the standard for Server-Sent Events.
    ///
    /// - Parameters:
    ///   - node: the name of the node that says so.
    ///   - at: milliseconds since the epoch.
    func text(node: String, at: Int64) -> [UInt8] {
        var data = JSONObjectText()
        let name = add(to: &data)
        if case .node = self {} else { data.add("node", node) }
        data.add("at", at)
        return Array("event: \(name)\ndata: ".utf8) + data.closed + Array("\n\n".utf8)
    }

    private func add(to data: inout JSONObjectText) -> String {
        switch self {
        case .joined(let peer, let room): return Self.member("joined", peer, room, &data)
        case .left(let peer, let room): return Self.member("left", peer, room, &data)
        case .kicked(let peer, let room): return Self.member("kicked", peer, room, &data)
        case .decided(let entry):
            data.add("kind", entry.sanction.kind.rawValue)
            data.add("target", entry.sanction.target.text)
            if let room = entry.sanction.room { Self.add(room, to: &data) }
            data.add("lifted", entry.isLifted)
            data.add("reason", entry.sanction.reason)
            if let end = entry.sanction.expiresAt { data.add("expiresAt", end) }
            return "moderation"
        case .backplane(let shard, let state):
            data.add("shard", shard)
            data.add("state", state)
            return "shard"
        case .draining(let isDraining):
            data.add("state", isDraining ? "draining" : "up")
            return "node"
        case .swept(let members, let dead, let room):
            data.add("members", members)
            data.add("instance", dead.text)
            Self.add(room, to: &data)
            return "swept"
        case .node(let name, let state):
            data.add("state", state)
            data.add("node", name)
            return "node"
        case .counters(let counters):
            data = counters
            return "counters"
        }
    }

    private static func member(
        _ name: String, _ peer: PeerID, _ room: RoomKey, _ data: inout JSONObjectText
    ) -> String {
        data.add("peerId", peer.text)
        add(room, to: &data)
        return name
    }

    private static func add(_ room: RoomKey, to data: inout JSONObjectText) {
        data.add("namespace", room.namespace)
        data.add("room", room.room)
    }
}
