/// The members of its room as one client sees them, and as it saw them before.
struct View: Sendable {
    private(set) var listed: [Client: Int64] = [:]
    /// When each peer was listed.
    private(set) var spans: [Client: [Range<Int64>]] = [:]
    /// When the client held a welcomed socket.
    private(set) var connected: [Range<Int64>] = []
    private(set) var connectedSince: Int64?
    /// The node of the newest socket.
    private(set) var node: String?
    /// The departures of each peer, by index, that a `peer-left` has already told of.
    var used: [Client: Set<Int>] = [:]
    private var open: Set<Int> = []

    mutating func welcome(_ connection: Int, node: String, members: [Client], at: Int64) {
        if open.isEmpty { connectedSince = at }
        open.insert(connection)
        self.node = node
        replace(with: members, at: at)
    }

    mutating func lose(_ connection: Int, at: Int64) {
        guard open.remove(connection) != nil, open.isEmpty else { return }
        endConnection(at: at)
    }

    mutating func loseAll(at: Int64) {
        open = []
        endConnection(at: at)
    }

    mutating func replace(with members: [Client], at: Int64) {
        let members = Set(members)
        for peer in Array(listed.keys) where !members.contains(peer) { remove(peer, at: at) }
        for peer in members { add(peer, at: at) }
    }

    /// - Returns: whether it was not there before.
    @discardableResult
    mutating func add(_ peer: Client, at: Int64) -> Bool {
        guard listed[peer] == nil else { return false }
        listed[peer] = at
        return true
    }

    /// - Returns: whether it was there.
    @discardableResult
    mutating func remove(_ peer: Client, at: Int64) -> Bool {
        guard let since = listed.removeValue(forKey: peer) else { return false }
        spans[peer, default: []].append(since..<max(since, at))
        return true
    }

    /// The view with nothing left open.
    func closed(at: Int64) -> View {
        var copy = self
        copy.loseAll(at: at)
        return copy
    }

    private mutating func endConnection(at: Int64) {
        for peer in Array(listed.keys) { remove(peer, at: at) }
        if let since = connectedSince { connected.append(since..<max(since, at)) }
        connectedSince = nil
    }
}
