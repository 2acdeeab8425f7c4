import SignalDomain

/// What this node knows of a room's members on other nodes, kept in step by versioned events.
///
/// A view is valid at one version within one connection. Events are applied in the order of their versions; those that
/// come early wait, because the node's own changes are numbered by replies on another link. A gap that lasts, and every
/// reconnect, ask for a new snapshot. Members that a snapshot lacks right after a reconnect stay listed as stale until
/// the settle time is over, so that nobody is seen leaving who only was not announced yet (§2.9).
struct RoomView: Hashable, Sendable {
    enum Change: Hashable, Sendable {
        case joined(PeerID, MemberRecord)
        case left(PeerID, InboxFrame.Departure)
        /// A member of this node joined: nobody elsewhere holds its peer ID any more.
        case joinedHere(PeerID)
        /// A member of this node changed what others see of it.
        case updatedHere(PeerID)
        /// A member of this node left.
        case leftHere(PeerID, LeaveReason)
    }

    /// What an observer of the room should hear of.
    enum Effect: Hashable, Sendable {
        case joined(PeerID, MemberRecord)
        case updated(PeerID, MemberRecord)
        case left(PeerID, MemberRecord, LeaveReason)
        /// A member of this node came or changed, without a reason, or went.
        case changedHere(PeerID, LeaveReason?)
        /// Another node holds the peer ID since this version.
        case claimed(PeerID, MemberRecord, version: UInt64)
    }

    static let maxEarlyChanges = 4_096

    private let guards: Guards
    private(set) var version: UInt64?
    private(set) var members: [PeerID: MemberRecord] = [:]
    /// Members of an earlier snapshot that the present one lacks.
    private(set) var stale: Set<PeerID> = []
    private(set) var isSyncing = false
    /// When the first early change began to wait, by the caller's monotonic clock.
    private(set) var gapSince: Int64?
    private var early: [UInt64: Change] = [:]
    /// Members per node.
    private var holders: [NodeInstance: Int] = [:]
    /// Nodes that a join reply named, until the snapshot tells their members.
    private var named: Set<NodeInstance> = []

    init(guards: Guards) { self.guards = guards }

    var isValid: Bool { version != nil && !isSyncing }

    private var appliesEvents: Bool { version != nil && !(isSyncing && guards.contains(.eventsAwaitSnapshot)) }

    /// The other nodes that a broadcast must reach.
    var interest: Set<NodeInstance> { named.union(holders.keys) }

    /// A snapshot was asked for: changes wait until it arrives.
    mutating func beginSync(naming nodes: some Sequence<NodeInstance> = []) {
        isSyncing = true
        named.formUnion(nodes)
    }

    /// The connection is gone: the members stay listed, everything else is void.
    mutating func invalidate() {
        guard guards.contains(.viewPerConnection) else { return }
        version = nil
        isSyncing = false
        gapSince = nil
        early = [:]
        named = []
    }

    /// Takes one numbered change and returns what follows from it and from those that waited for it.
    mutating func offer(_ change: Change, version number: UInt64, now: Int64) -> [Effect] {
        if !guards.contains(.versionOrder) { return take(change, number) }
        if let version, number <= version { return [] }
        if appliesEvents, early.isEmpty, version.map({ $0 &+ 1 }) == number {
            version = number
            return take(change, number)
        }
        if early.count < Self.maxEarlyChanges { early[number] = change }
        return appliesEvents ? applyEarly(now) : []
    }

    /// A room that only this node holds needs no snapshot: it has no other members.
    mutating func adoptAlone(version number: UInt64, now: Int64) -> [Effect] {
        guard version == nil, !isSyncing, members.isEmpty else { return [] }
        version = number
        early = early.filter { $0.key > number }
        return applyEarly(now)
    }

    /// Takes a snapshot. While settling, a member that it lacks stays listed as stale, and so does one of `spared` that it
    /// lists on this node: its move here was lost on the way.
    mutating func apply(
        _ snapshot: RoomSnapshot, own: NodeInstance, settling: Bool, sparing spared: Set<PeerID> = [], now: Int64
    ) -> [Effect] {
        isSyncing = false
        version = snapshot.version
        named = []
        var effects: [Effect] = []
        for (peer, record) in members.sorted(by: { $0.key.text < $1.key.text }) {
            switch snapshot.members[peer] {
            case let present? where present.node == own && spared.contains(peer): stale.insert(peer)
            case let present? where present.node == own: effects += drop(peer, record, .replaced)
            case nil where settling: stale.insert(peer)
            case nil: effects += drop(peer, record, .nodeLost)
            default: break
            }
        }
        for (peer, record) in snapshot.members.sorted(by: { $0.key.text < $1.key.text }) where record.node != own {
            effects += put(peer, record)
        }
        effects += skipEarly(through: snapshot.version)
        return effects + applyEarly(now)
    }

    /// A snapshot stands for the changes before it, except that it does not tell who was replaced on the way.
    private mutating func skipEarly(through number: UInt64) -> [Effect] {
        let skipped = early.filter { $0.key <= number }.sorted { $0.key < $1.key }
        for (number, _) in skipped { early[number] = nil }
        return skipped.compactMap { number, change in
            switch change {
            case .joined(let peer, let record): .claimed(peer, record, version: number)
            case .leftHere(let peer, let reason): .changedHere(peer, reason)
            case .joinedHere(let peer), .updatedHere(let peer): .changedHere(peer, nil)
            case .left: nil
            }
        }
    }

    /// The settle time is over: what is still missing has left.
    mutating func endSettling() -> [Effect] {
        let missing = stale.sorted { $0.text < $1.text }
        return missing.flatMap { peer in members[peer].map { drop(peer, $0, .nodeLost) } ?? [] }
    }

    private mutating func applyEarly(_ now: Int64) -> [Effect] {
        var effects: [Effect] = []
        while let version, let change = early.removeValue(forKey: version &+ 1) {
            self.version = version &+ 1
            effects += take(change, version &+ 1)
        }
        // An empty table gives its memory back.
        if early.isEmpty { early = [:] }
        gapSince = early.isEmpty ? nil : gapSince ?? now
        return effects
    }

    private mutating func take(_ change: Change, _ number: UInt64) -> [Effect] {
        switch change {
        case .joinedHere(let peer):
            guard guards.contains(.ownJoinCounts), let old = members[peer] else { return [.changedHere(peer, nil)] }
            return drop(peer, old, .replaced) + [.changedHere(peer, nil)]
        case .updatedHere(let peer): return [.changedHere(peer, nil)]
        case .leftHere(let peer, let reason): return [.changedHere(peer, reason)]
        case .joined(let peer, let record): return put(peer, record) + [.claimed(peer, record, version: number)]
        case .left(let peer, let departure):
            guard let old = members[peer], old.connection == departure.connection else { return [] }
            return drop(peer, old, departure.reason)
        }
    }

    private mutating func put(_ peer: PeerID, _ record: MemberRecord) -> [Effect] {
        stale.remove(peer)
        let old = members.updateValue(record, forKey: peer)
        if let old { release(old.node) }
        holders[record.node, default: 0] += 1
        guard let old else { return [.joined(peer, record)] }
        if old.session == record.session { return old == record ? [] : [.updated(peer, record)] }
        return [.left(peer, old, .replaced), .joined(peer, record)]
    }

    private mutating func drop(_ peer: PeerID, _ record: MemberRecord, _ reason: LeaveReason) -> [Effect] {
        stale.remove(peer)
        members[peer] = nil
        release(record.node)
        return [.left(peer, record, reason)]
    }

    private mutating func release(_ node: NodeInstance) {
        guard let count = holders[node] else { return }
        holders[node] = count > 1 ? count - 1 : nil
    }
}
