import FailoverHistory

/// An honest cluster in miniature: what a run records when every promise is kept.
///
/// Members, signals and presence follow the rules of cluster.md; only Redis and the nodes are reduced to what clients
/// can see of them.
final class Simulation {
    struct Member {
        var node: String
        var connection = 0
        var isConnected = false
        var hasGone = false
        /// Still a member as the cluster sees it.
        var isMember = false
        var lastID = 0
    }

    let nodes: [String]
    let timing = Timing()
    var random: SeededRandom
    var history: History
    var now: Int64 = 0
    var members: [Client: Member] = [:]
    var rooms: [[Client]] = []
    var upNodes: Set<String>
    /// Stopped or cut off, until healed.
    var isolated: Set<String> = []
    var stopped: Set<String> = []
    var isRedisAway = false
    /// Signals per pair, the oldest first; one is under way at a time.
    var queues: [Pair: [QueuedSignal]] = [:]
    private var agenda: [(at: Int64, order: Int, act: () -> Void)] = []
    private var planned = 0

    init(seed: UInt64, nodes count: Int = 3, rooms roomCount: Int = 5, membersPerRoom: ClosedRange<Int> = 2...4) {
        nodes = (1...count).map { "node\($0)" }
        upNodes = Set(nodes)
        random = SeededRandom(seed)
        history = History(seed: seed, machine: "simulation", startedAt: "2026-01-01T00:00:00Z", timing: timing)
        var next = 1
        for room in 0..<roomCount {
            let size = Int.random(in: membersPerRoom, using: &random)
            let clients = (0..<size).map { Client(next + $0) }
            next += size
            rooms.append(clients)
            let home = nodes[room % nodes.count]
            for client in clients {
                let node = random.chance(0.3) ? nodes.randomElement(using: &random) ?? home : home
                members[client] = Member(node: node)
            }
        }
        for node in nodes { record(.nodeUp(node: node)) }
        for (room, clients) in rooms.enumerated() {
            for client in clients {
                after(random.milliseconds(0...800)) { self.connect(client, room: room, resumed: false) }
            }
        }
    }

    // MARK: Time

    func record(_ kind: Event.Kind) { history.append(kind, at: now) }

    func after(_ delay: Int64, _ act: @escaping () -> Void) {
        planned += 1
        agenda.append((now + delay, planned, act))
    }

    func run(for duration: Int64) {
        let end = now + duration
        while let next = agenda.indices.min(by: {
            (agenda[$0].at, agenda[$0].order) < (agenda[$1].at, agenda[$1].order)
        }),
            agenda[next].at <= end
        {
            let entry = agenda.remove(at: next)
            now = entry.at
            entry.act()
        }
        now = end
    }

    // MARK: Who is where

    func room(of client: Client) -> Int { rooms.firstIndex { $0.contains(client) } ?? 0 }

    func mates(of client: Client) -> [Client] { rooms[room(of: client)].filter { $0 != client } }

    func isOn(_ node: String, _ client: Client) -> Bool {
        members[client].map { $0.node == node && $0.isConnected } ?? false
    }

    func clients(on node: String) -> [Client] { members.keys.sorted().filter { isOn(node, $0) } }

    func aliveNode() -> String {
        nodes.filter { upNodes.contains($0) && !isolated.contains($0) }.randomElement(using: &random) ?? nodes[0]
    }

    // MARK: Joining and leaving

    func connect(_ client: Client, room: Int, resumed: Bool) {
        guard var member = members[client], !member.hasGone else { return }
        member.connection += 1
        let connection = member.connection
        let node = upNodes.contains(member.node) && !isolated.contains(member.node) ? member.node : aliveNode()
        member.node = node
        members[client] = member
        record(.hello(client: client, connection: connection, resumes: connection > 1))
        // A node that is lost before it answers answers nothing.
        after(random.milliseconds(2...20)) { [self] in
            guard upNodes.contains(node), members[client]?.connection == connection else { return }
            welcome(client, room: room, isResume: resumed && members[client]?.isMember == true)
        }
    }

    private func welcome(_ client: Client, room: Int, isResume: Bool) {
        guard let member = members[client] else { return }
        members[client]?.isConnected = true
        members[client]?.isMember = true
        let listed = mates(of: client).filter { members[$0]?.isMember == true }
        record(
            .joined(
                client: client, connection: member.connection, room: room, node: member.node, resumed: isResume,
                members: listed))
        if !isResume {
            tellMates(of: client) { .sawJoin(client: $0, peer: client) }
        }
        for pair in queues.keys.sorted() where pair.from == client || pair.to == client { advance(pair) }
    }

    /// Each connected mate sees it a few milliseconds later, in the order in which it was told.
    func tellMates(of client: Client, except node: String? = nil, _ event: @escaping (Client) -> Event.Kind) {
        for mate in mates(of: client) where members[mate]?.isConnected == true && members[mate]?.node != node {
            let connection = members[mate]?.connection
            after(2000) { [self] in
                guard members[mate]?.connection == connection, members[mate]?.isConnected == true else { return }
                record(event(mate))
            }
        }
    }

    func lose(_ client: Client, code: Int = 1006) {
        guard let member = members[client], member.isConnected else { return }
        members[client]?.isConnected = false
        record(.socketLost(client: client, connection: member.connection, code: code))
    }

    /// The cluster takes it for gone: its mates are told, what was stored for it is reported undeliverable.
    func remove(_ client: Client, reason: LeaveReason, except node: String? = nil) {
        guard members[client]?.isMember == true else { return }
        members[client]?.isMember = false
        tellMates(of: client, except: node) { .sawLeave(client: $0, peer: client, reason: reason) }
        for pair in queues.keys.sorted() where pair.to == client { fail(pair, reason: "node-lost") }
    }

    func leave(_ client: Client) {
        guard members[client]?.isConnected == true else { return }
        record(.leftOnPurpose(client: client))
        members[client]?.isConnected = false
        members[client]?.hasGone = true
        remove(client, reason: .left)
    }
}
