import Backplane
import NIOCore
import RedisWire
import SignalDomain

/// Reads what the scripts answer. Redis is remote input: nil stands for anything that is not the reply of the command.
enum ReplyReading {
    static func reply(to command: BackplaneCommand, _ value: RESPValue) -> BackplaneReply? {
        let parts = value.array ?? []
        let word = parts.first?.string
        if word == "FENCED" { return .fenced }
        switch command {
        case .register:
            if word == "SHARDS" { return .mismatched }
            return parts[safe: 1]?.string.map { .registered(epoch: $0) }
        case .compareShards:
            return value.int.map { .agreed($0 == 1) }
        case .heartbeat:
            guard word == "OK", let epoch = parts[safe: 1]?.string,
                let now = parts[safe: 2]?.string.flatMap({ Int64($0) }), let nodes = parts[safe: 3]?.int,
                let connections = parts[safe: 4]?.array, let messages = parts[safe: 5]?.array,
                let dead = parts[safe: 6]?.array
            else { return nil }
            let totals = AddressTotals(connections: totals(connections), messages: totals(messages))
            return .beat(
                HeartbeatReply(
                    epoch: epoch, now: now, dead: dead.compactMap(\.node), nodes: Int(clamping: nodes), totals: totals))
        case .retire, .index, .unindex, .touch, .finishSweep, .confirm, .rendezvousRelease:
            return .done
        case .join:
            return joined(word, parts)
        case .leave:
            if word == "GONE" { return .left(version: nil) }
            return parts[safe: 1]?.string.flatMap { UInt64($0) }.map { .left(version: $0) }
        case .update:
            if word == "SAME" { return .updated(version: nil) }
            guard word == "OK", let version = parts[safe: 1]?.string.flatMap({ UInt64($0) }) else { return nil }
            return .updated(version: version)
        case .send:
            return sent(word, parts).map { .sent($0) }
        case .announce:
            guard word == "OK", let lost = parts[safe: 1]?.array, let waiting = parts[safe: 2]?.array.flatMap(letters)
            else { return nil }
            return .announced(lost: losses(lost), waiting: waiting)
        case .sync:
            return nil
        case .sweep:
            guard let cursor = word.flatMap({ UInt64($0) }), let members = parts[safe: 1]?.int else { return nil }
            return .swept(cursor: cursor, members: Int(clamping: members))
        case .claimSweep:
            return value.int.map { .claimed($0 == 1) }
        case .roomsOfDead:
            return value.array.map { .rooms($0.compactMap { $0.string.flatMap { RoomKey(text: $0) } }) }
        case .count:
            return value.int.map { .count(Int(clamping: $0)) }
        case .rendezvousRegister(_, let registration):
            return registered(word, parts, registration.peer)
        case .rendezvousUnregister:
            return word == "OTHER" ? .rendezvous(.refused(.otherOwner)) : .rendezvous(.unregistered)
        case .rendezvousDiscover(_, let limit, let position):
            return page(parts, limit: limit, after: position)
        case .storeTicket, .describe:
            return .done
        case .createInvite:
            return word == "FULL" ? .full : .done
        case .kick:
            return value.int.map { .count(Int(clamping: $0)) }
        case .sanction, .sanctions, .takeTicket, .invites, .invite, .revokeInvite, .redeemInvite, .roomsOfNode,
            .occupancy:
            return ModerationReading.reply(to: command, value)
        case .nodes:
            guard let shards = parts[safe: 0]?.string, let nodes = parts[safe: 1]?.array else { return nil }
            return .nodes(liveNodes(nodes, shards: shards))
        case .rendezvousReserve:
            if word == "FULL" { return full(parts) }
            return parts[safe: 1]?.int.map { .rendezvous(.reserved(isNew: $0 == 1)) }
        case .rendezvousChanges:
            return changes(parts)
        }
    }

    /// Codes of addresses, each followed by a total.
    private static func totals(_ flat: [RESPValue]) -> [AddressCode: Int] {
        stride(from: 0, to: flat.count - flat.count % 2, by: 2).reduce(into: [:]) { totals, index in
            guard var code = flat[index].bytes, code.readableBytes == 8,
                let bits = code.readInteger(as: UInt64.self), let total = flat[index + 1].string.flatMap({ Int($0) })
            else { return }
            totals[AddressCode(bits: bits)] = total
        }
    }

    /// Instance, rest of the lease, name and version, and report, one after the other.
    private static func liveNodes(_ flat: [RESPValue], shards: String) -> [LiveNode] {
        stride(from: 0, to: flat.count - flat.count % 4, by: 4).compactMap { index in
            guard let node = flat[index].node, let left = flat[index + 1].string.flatMap({ Int64($0) }),
                let info = flat[index + 2].string.map({ NodeInfo(text: $0, shards: shards) })
            else { return nil }
            let report = flat[index + 3].bytes.flatMap { NodeReport(packed: $0) }
            return LiveNode(node: node, info: info, leaseLeftMs: left, report: report ?? NodeReport())
        }.sorted { $0.node < $1.node }
    }

    private static func joined(_ word: String?, _ parts: [RESPValue]) -> BackplaneReply? {
        switch word {
        case "STALE": return .stale
        case "INUSE": return .inUse
        case "DENIED": return .denied
        case "UNKNOWN": return .unknown
        case "FULL": return .full
        case "OK":
            guard let version = parts[safe: 1]?.string.flatMap({ UInt64($0) }),
                let record = parts[safe: 2]?.string.flatMap({ MemberRecord(text: $0) }),
                let interest = parts[safe: 4]?.array, let inbox = parts[safe: 5]?.array.flatMap(entries)
            else { return nil }
            return .joined(
                JoinReply(
                    version: version, record: record, interest: counts(interest),
                    replaced: parts[safe: 3]?.string.flatMap { MemberRecord(text: $0) }, inbox: inbox))
        default: return nil
        }
    }

    private static func sent(_ word: String?, _ parts: [RESPValue]) -> SendOutcome? {
        switch word {
        case "NONE": return .notFound
        case "FULL": return .full
        case "STORED":
            guard let id = parts[safe: 1]?.string.flatMap({ InboxID(text: $0) }),
                let session = parts[safe: 2]?.string.flatMap(SessionID.init), let node = parts[safe: 3]?.node
            else { return nil }
            return .stored(id, session: session, node: node)
        case "PASSED":
            guard let session = parts[safe: 1]?.string.flatMap(SessionID.init), let node = parts[safe: 2]?.node else {
                return nil
            }
            return .passed(session: session, node: node)
        default: return nil
        }
    }

    /// Stream entries with one field each, which is a letter; one that is none spoils the reply.
    private static func entries(_ stream: [RESPValue]) -> [InboxEntry]? {
        var entries: [InboxEntry] = []
        for value in stream {
            guard let id = value.array?[safe: 0]?.string.flatMap({ InboxID(text: $0) }),
                var bytes = value.array?[safe: 1]?.array?[safe: 1]?.bytes, let letter = bytes.readLetter()
            else { return nil }
            entries.append(InboxEntry(id: id, letter: letter))
        }
        return entries
    }

    static func counts(_ flat: [RESPValue]) -> [NodeInstance: Int] {
        pairs(flat).reduce(into: [:]) { counts, pair in
            guard let node = NodeInstance(text: pair.0), let count = Int(pair.1) else { return }
            counts[node] = count
        }
    }

    static func members(_ flat: [RESPValue]) -> [PeerID: MemberRecord] {
        pairs(flat).reduce(into: [:]) { members, pair in
            guard let peer = try? PeerID(pair.0), let record = MemberRecord(text: pair.1) else { return }
            members[peer] = record
        }
    }

    static func pairs(_ flat: [RESPValue]) -> [(String, String)] {
        stride(from: 0, to: flat.count - flat.count % 2, by: 2).compactMap { index in
            guard let key = flat[index].string, let value = flat[index + 1].string else { return nil }
            return (key, value)
        }
    }

    private static func losses(_ flat: [RESPValue]) -> [AnnounceLoss] {
        let causes: [String: AnnounceLoss.Cause] = ["R": .replaced, "S": .stale, "U": .inUse]
        return stride(from: 0, to: flat.count - flat.count % 3, by: 3).compactMap { index in
            guard let peer = flat[index].string.flatMap({ try? PeerID($0) }),
                let connection = flat[index + 1].string.flatMap({ ConnectionID(text: $0) }),
                let cause = flat[index + 2].string.flatMap({ causes[$0] })
            else { return nil }
            return AnnounceLoss(
                peer: peer, connection: connection, cause: cause)
        }
    }

    /// Peer, session and entries, one after the other.
    private static func letters(_ flat: [RESPValue]) -> [WaitingLetters]? {
        var waiting: [WaitingLetters] = []
        for index in stride(from: 0, to: flat.count - flat.count % 3, by: 3) {
            guard let peer = flat[index].string.flatMap({ try? PeerID($0) }),
                let session = flat[index + 1].string.flatMap(SessionID.init),
                let entries = flat[index + 2].array.flatMap(entries)
            else { return nil }
            waiting.append(WaitingLetters(peer: peer, session: session, entries: entries))
        }
        return waiting
    }

    private static func registered(_ word: String?, _ parts: [RESPValue], _ peer: PeerID) -> BackplaneReply? {
        switch word {
        case "OTHER": return .rendezvous(.refused(.otherOwner))
        case "FULL": return full(parts)
        case "OK":
            return parts[safe: 1]?.string.flatMap { RendezvousEntry(stored: $0, peer: peer) }
                .map { .rendezvous(.registered($0)) }
        default: return nil
        }
    }

    private static func full(_ parts: [RESPValue]) -> BackplaneReply {
        let first = parts[safe: 1]?.string.flatMap { Int64($0) } ?? 0
        let now = parts[safe: 2]?.string.flatMap { Int64($0) } ?? 0
        let wait = first.subtractingReportingOverflow(now).partialValue
        let seconds = Int(clamping: max(1, wait / 1_000 + (wait % 1_000 > 0 ? 1 : 0)))
        return .rendezvous(.refused(.tooManyRecords(retryAfterSeconds: seconds)))
    }

    private static func changes(_ parts: [RESPValue]) -> BackplaneReply? {
        guard let milliseconds = parts[safe: 1]?.string.flatMap({ Int64($0) }), let records = parts[safe: 2]?.array,
            let present = parts[safe: 3]?.array, let removed = parts[safe: 4]?.array,
            let through = parts[safe: 5]?.string.flatMap({ Int64($0) }), let hasMore = parts[safe: 6]?.int
        else { return nil }
        let now = Timestamp(milliseconds: milliseconds)
        let declared = entries(records, now).map(RendezvousChange.registered)
        let connected = members(present).map { RendezvousChange.registered(.init(member: $0.key, $0.value, now: now)) }
        let gone = pairs(removed).compactMap { pair -> RendezvousChange? in
            guard let peer = try? PeerID(pair.0), let number = Int64(pair.1) else { return nil }
            return .removed(peer, change: number)
        }
        return .rendezvous(
            .changes(RendezvousChanges(declared + connected + gone, through: through, hasMore: hasMore == 1)))
    }

    private static func entries(_ records: [RESPValue], _ now: Timestamp) -> [RendezvousEntry] {
        pairs(records).compactMap { pair in
            guard let peer = try? PeerID(pair.0) else { return nil }
            return RendezvousEntry(stored: pair.1, peer: peer).flatMap { $0.isLive(at: now) ? $0 : nil }
        }
    }

    private static func page(
        _ parts: [RESPValue], limit: Int, after position: RendezvousPosition?
    ) -> BackplaneReply? {
        guard let milliseconds = parts[safe: 1]?.string.flatMap({ Int64($0) }), let records = parts[safe: 2]?.array,
            let present = parts[safe: 3]?.array
        else { return nil }
        let now = Timestamp(milliseconds: milliseconds)
        let declared = entries(records, now)
        let connected = members(present).map { RendezvousEntry(member: $0.key, $0.value, now: now) }
        return .rendezvous(.page(RendezvousPage(of: declared + connected, limit: limit, after: position)))
    }
}

extension RendezvousEntry {
    /// Reads `owner|seenAt|expiresAt|ttlMs|change|addresses|metadata`.
    init?(stored text: String, peer: PeerID) {
        let fields = text.split(separator: "|", maxSplits: 6, omittingEmptySubsequences: false)
        guard fields.count == 7, let owner = EscapedName.decode(String(fields[0])), let seen = Int64(fields[1]),
            let expires = Int64(fields[2]), let ttl = Int64(fields[3]), let change = Int64(fields[4])
        else { return nil }
        let addresses = fields[5].split(separator: ",").compactMap { EscapedName.decode(String($0)) }
        self.init(
            peer: peer, addresses: addresses, metadata: String(fields[6]), seenAt: Timestamp(milliseconds: seen),
            expiresAt: Timestamp(milliseconds: expires), ttlMs: ttl, owner: owner, change: change)
    }
}

extension RESPValue {
    fileprivate var node: NodeInstance? { string.flatMap { NodeInstance(text: $0) } }
}

extension Array {
    subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

/// Puts the pages of a large room together.
///
/// The snapshot has the version of the first page, and may show later changes already. Whoever applies the changes above
/// that version to it, which its inbox was told, has the room as it is: what the snapshot shows already changes nothing
/// then. So a room that never rests is read as fast as one that does.
struct RoomSnapshotPages {
    enum Progress {
        case complete(RoomSnapshot)
        case more
        case unreadable
    }

    private(set) var cursor = "0"
    private var version: UInt64?
    private var interest: [NodeInstance: Int] = [:]
    private var members: [PeerID: MemberRecord] = [:]

    mutating func take(_ value: RESPValue) -> Progress {
        guard let parts = value.array, parts.count == 4, let version = parts[0].string.flatMap({ UInt64($0) }),
            let interest = parts[1].array, let next = parts[2].string, let page = parts[3].array
        else { return .unreadable }
        let first = self.version ?? version
        if self.version == nil { self.interest = ReplyReading.counts(interest) }
        self.version = first
        members.merge(ReplyReading.members(page)) { _, new in new }
        cursor = next
        guard next == "0" else { return .more }
        return .complete(RoomSnapshot(version: first, members: members, interest: self.interest))
    }
}
