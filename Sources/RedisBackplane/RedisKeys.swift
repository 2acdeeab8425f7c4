import Backplane
import SignalDomain

/// The names of everything that the cluster keeps in Redis (cluster.md §2.2); no key is built anywhere else.
///
/// Rooms come as `RoomKey`, whose text is escaped: neither `:` nor braces of a name can reach a key. The part in braces
/// is the hash tag that keeps the keys of one room together; the 1 is the version of the layout.
enum RedisKeys {
    static let epoch = "bs:1:{nodes}:epoch"
    static let lastBeat = "bs:1:{nodes}:last"
    static let shards = "bs:1:{nodes}:shards"
    static let live = "bs:1:{nodes}:live"
    static let info = "bs:1:{nodes}:info"
    static let reports = "bs:1:{nodes}:reports"
    /// Codes of addresses by what they use over all nodes: open connections, and messages of their running minutes.
    static let connections = "bs:1:{nodes}:connections"
    static let messages = "bs:1:{nodes}:messages"
    static let dead = "bs:1:{nodes}:dead"
    static let grave = "bs:1:{nodes}:grave"
    /// What nodes report, in the order in which every script that changes it takes it.
    static let reporting = [reports, connections, messages]
    static func claim(_ node: NodeInstance) -> String { "bs:1:{nodes}:claim:\(node.text)" }
    static func index(of node: NodeInstance) -> String { "bs:1:{n:\(node.text)}:rooms" }
    static func members(_ room: RoomKey) -> String { "bs:1:{\(room.text)}:m" }
    static func interest(_ room: RoomKey) -> String { "bs:1:{\(room.text)}:n" }
    static func version(_ room: RoomKey) -> String { "bs:1:{\(room.text)}:s" }
    /// Members by their generation, so that a discovery finds the newest without reading all.
    static func generations(_ room: RoomKey) -> String { "bs:1:{\(room.text)}:g" }
    /// Bytes of payloads per session that has letters waiting; the letters of session `s` are a stream under this name,
    /// a colon and `s`. Only the scripts name these streams.
    static func letters(_ room: RoomKey) -> String { "bs:1:{\(room.text)}:i" }
    static func announced(_ room: RoomKey, by node: NodeInstance) -> String { "bs:1:{\(room.text)}:a:\(node.text)" }
    static func records(_ room: RoomKey) -> String { "bs:1:{\(room.text)}:rz" }
    static func recordExpiry(_ room: RoomKey) -> String { "bs:1:{\(room.text)}:rzx" }
    static func recordChanges(_ room: RoomKey) -> String { "bs:1:{\(room.text)}:rzc" }
    static let sanctions = "bs:1:{bans}"
    /// Decisions by the time at which they are forgotten.
    static let sanctionEnds = "bs:1:{bans}:x"
    /// How many decisions there are of each room, and under `namespace::` of each namespace.
    static let sanctionCounts = "bs:1:{bans}:n"
    static let sanctionTable = [sanctions, sanctionEnds, sanctionCounts]
    static func ticket(_ digest: String) -> String { "bs:1:{ticket:\(EscapedName.encode(digest))}" }
    static func invite(_ id: InviteID) -> String { "bs:1:{inv:\(id.text)}" }
    static func redeemers(_ id: InviteID) -> String { "bs:1:{inv:\(id.text)}:u" }
    static func invites(_ room: RoomKey) -> String { "bs:1:{\(room.text)}:inv" }
    /// Who was found at the last question for changes, who has gone, and the mark by which a change is noticed.
    static func watchSeen(_ room: RoomKey) -> String { "bs:1:{\(room.text)}:rws" }
    static func watchRemoved(_ room: RoomKey) -> String { "bs:1:{\(room.text)}:rwr" }
    static func watchMark(_ room: RoomKey) -> String { "bs:1:{\(room.text)}:rwm" }
    /// What somebody has registered, by its end.
    static func reservations(of holder: String) -> String { "bs:1:{h:\(EscapedName.encode(holder))}:rz" }
    static func inbox(of node: NodeInstance) -> String { inboxPrefix + node.text }
    static let inboxPrefix = "bs:n:"

    /// The keys of one room's membership, which live as long as somebody touches them.
    static func membership(_ room: RoomKey) -> [String] {
        [members(room), interest(room), version(room), generations(room)]
    }

    /// The keys of one room, in the order in which every script that changes it takes them.
    static func room(_ room: RoomKey) -> [String] { membership(room) + [letters(room)] }

    /// The keys of a question for the changes of a room, in the order in which its script takes them.
    static func watch(_ room: RoomKey) -> [String] {
        rendezvous(room) + [
            generations(room), members(room), version(room), watchSeen(room), watchRemoved(room), watchMark(room),
        ]
    }

    /// The keys of one room's rendezvous records, in the order in which its scripts take them.
    static func rendezvous(_ room: RoomKey) -> [String] {
        [records(room), recordExpiry(room), recordChanges(room)]
    }
}
