import Backplane
public import SignalDomain

/// What operators may see of the cluster.
extension Node {
    static let defaultRoomPage = 50
    static let maxRoomPage = 100

    /// `{node,leaseMs,nodes:[{name,instance,state,leaseAgeMs,sockets,rooms,redis,version,startedAt}]}`, for an operator;
    /// `node` is the one that answers. Of the others `redis` is `up` as long as they renew their lease.
    public func nodesPage(for caller: Caller) async throws(Refusal) -> [UInt8] {
        try await admitLook(at: "nodes", by: caller)
        // Every node has a lease on every shard; the first that answers knows them all.
        var nodes: [LiveNode]?
        for shard in 0..<clusters.count where nodes == nil { nodes = await liveNodes(of: clusters.cluster(shard)) }
        let report = NodeReport(sockets: metrics.activeConnections, rooms: roomCount)
        let own = LiveNode(
            node: NodeInstance(bits: 0), info: info, leaseLeftMs: Int64(configuration.cluster.leaseMs), report: report)
        var object = JSONObjectText()
        object.add("node", configuration.nodeName)
        object.add("leaseMs", configuration.cluster.leaseMs)
        object.add(
            "nodes",
            (nodes ?? [own]).sorted { $0.info.name < $1.info.name }.map { node in
                let isOwn = node.info.name == configuration.nodeName
                var entry = JSONObjectText()
                entry.add("name", node.info.name)
                entry.add("instance", node.node.text)
                entry.add("state", (isOwn ? status.isDraining : node.info.isDraining) ? "draining" : "up")
                entry.add("leaseAgeMs", max(0, Int64(configuration.cluster.leaseMs) - node.leaseLeftMs))
                entry.add("sockets", isOwn ? report.sockets : node.report.sockets)
                entry.add("rooms", isOwn ? report.rooms : node.report.rooms)
                entry.add("redis", isOwn ? status.backplane.rawValue : "up")
                entry.add("version", node.info.version)
                entry.add("startedAt", node.info.startedAt)
                return entry
            })
        return object.closed
    }

    /// `{rooms:[{namespace,room,kind,peers,nodes:[…]}],cursor}` in the order of their keys, for an operator; `cursor` is
    /// null on the last page.
    ///
    /// - Parameter prefix: of `namespace::room`; everything else is left out.
    public func roomsPage(
        prefix: String, limit: Int?, cursor: String?, for caller: Caller
    ) async throws(Refusal) -> [UInt8] {
        try await admitLook(at: "rooms", by: caller)
        let limit = min(max(1, limit ?? Self.defaultRoomPage), Self.maxRoomPage)
        var page = RoomListPage(prefix: prefix, after: cursor.flatMap(Self.cursorText), limit: limit)
        var names: [NodeInstance: String] = [:]
        for shard in 0..<clusters.count {
            let cluster = clusters.cluster(shard)
            guard let nodes = await liveNodes(of: cluster) else {
                throw .unavailable(retryAfterSeconds: retryAfterSeconds)
            }
            for node in nodes {
                names[node.node] = node.info.name
                try await addRooms(of: node.node, on: cluster, to: &page)
            }
        }
        var rows: [JSONObjectText] = []
        for room in page.rooms {
            guard case .success(.occupancy(let counts)) = await clusters[room].ask(.occupancy(room)) else {
                throw .unavailable(retryAfterSeconds: retryAfterSeconds)
            }
            // The index of a node may still name a room that its last member has just left.
            guard !counts.isEmpty else { continue }
            var row = JSONObjectText()
            row.add("namespace", room.namespace)
            row.add("room", room.room)
            row.add("kind", rules(for: room).kind.rawValue)
            row.add("peers", counts.values.reduce(0, +))
            row.add("nodes", counts.keys.map { names[$0] ?? $0.text }.sorted())
            rows.append(row)
        }
        var object = JSONObjectText()
        object.add("rooms", rows)
        if let last = page.continuation {
            object.add("cursor", Base64URL.encode(Array(last.utf8)))
        } else {
            object.add("cursor", json: "null")
        }
        return object.closed
    }

    /// Lets operators through to a page; that they look at it, or would like to, is audited.
    func admitLook(at target: String, by caller: Caller) async throws(Refusal) {
        try await audited(look(at: target, from: caller.client)) { (entry) async throws(Refusal) in
            try await authorizeOperator(caller, for: &entry)
        }
    }

    private func addRooms(
        of node: NodeInstance, on cluster: Cluster, to page: inout RoomListPage
    ) async throws(Refusal) {
        var cursor: UInt64 = 0
        repeat {
            guard
                case .success(.roomPage(let rooms, let next)) =
                    await cluster.ask(.roomsOfNode(node, cursor: cursor))
            else { throw .unavailable(retryAfterSeconds: retryAfterSeconds) }
            page.add(rooms)
            cursor = next
        } while cursor != 0
    }

    /// The names of the nodes that hold a lease.
    func nodeNames(of cluster: Cluster) async throws(Refusal) -> [NodeInstance: String] {
        guard let nodes = await liveNodes(of: cluster) else {
            throw .unavailable(retryAfterSeconds: retryAfterSeconds)
        }
        return Dictionary(nodes.map { ($0.node, $0.info.name) }) { _, last in last }
    }

    private func liveNodes(of cluster: Cluster) async -> [LiveNode]? {
        guard case .success(.nodes(let nodes)) = await cluster.ask(.nodes) else { return nil }
        return nodes
    }

    private static func cursorText(_ cursor: String) -> String? {
        Base64URL.decode(cursor).flatMap { String(validating: $0, as: UTF8.self) }
    }
}

/// The rooms of one page, out of all that are named in any order: the first ones behind a place in the order of their
/// keys. Never holds more than twice a page.
struct RoomListPage {
    let prefix: String
    let after: String?
    let limit: Int
    private var found: Set<RoomKey> = []

    init(prefix: String, after: String?, limit: Int) {
        self.prefix = prefix
        self.after = after
        self.limit = limit
    }

    mutating func add(_ rooms: [RoomKey]) {
        for room in rooms where (after.map { $0 < room.text } ?? true) {
            guard prefix.isEmpty || "\(room.namespace)::\(room.room)".hasPrefix(prefix) else { continue }
            found.insert(room)
            // One more than the page tells that there is another one.
            if found.count > 2 * (limit + 1) { found = Set(sorted.prefix(limit + 1)) }
        }
    }

    var rooms: [RoomKey] { Array(sorted.prefix(limit)) }

    /// Where the next page begins; nil = there is none.
    var continuation: String? { found.count > limit ? rooms.last?.text : nil }

    private var sorted: [RoomKey] { found.sorted { $0.text < $1.text } }
}
