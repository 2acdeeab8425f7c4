import SignalDomain

@testable import Backplane

/// A whole cluster in virtual time: real cluster machines on one real `SharedState`, with every queue between them in
/// the test's hands. Commands, replies and inbox frames of a node are separate FIFO queues, as its links are.
struct SimCluster {
    struct Session: Hashable {
        let room: RoomKey
        let peer: PeerID
        let connection: ConnectionID
        let isLegacy: Bool
    }

    struct Node {
        var machine: ClusterMachine
        var isRunning = true
        var isLinked = false
        /// Stopped: it does nothing, but what it sent before still runs.
        var isPaused = false
        var generation: UInt64 = 0
        var commands: [BackplaneCommand] = []
        var replies: [(BackplaneCommand, BackplaneReply, UInt64)] = []
        var inbox: [InboxFrame] = []
        /// Sessions whose sockets are open, by the node's own word.
        var open: Set<Session> = []
        var waiting: [ConnectionID: Session] = [:]
        var answers: [ConnectionID: JoinAnswer] = [:]
        /// What clients, or a witness for those of dialect 1, were shown.
        var presence: [(RoomKey, PresenceEvent)] = []
        var interest: [RoomKey: [NodeInstance]] = [:]
        var isReady = false
    }

    var shared = SharedState()
    var nodes: [Node] = []
    var now: Int64 = 1_000_000
    /// Microseconds that the changes of rooms took so far: the store's clock never shows the same time to two of them.
    var drift: Int64 = 0
    let guards: Guards
    /// Whether answers and presence are kept for a test to read.
    var keepsHistory = true
    /// Whether the replies that ran before a connection broke still arrive, late.
    var keepsReplies = false
    /// Instances whose lease may run out, because they were killed, stopped or cut off for long.
    var lapsed: Set<NodeInstance> = []
    /// Connections that some node saw leaving while their sockets were open and their node held its lease.
    var mournedAlive: Set<ConnectionID> = []
    /// Connections whose place another one took in the shared state, whether or not their node knows.
    var displaced: Set<ConnectionID> = []
    /// Newest connections of a session that were closed in favour of an older one.
    var wronged: Set<ConnectionID> = []
    /// Clients of dialect 2, which all meet in one room.
    var clients: [PeerID: SimClient] = [:]
    var room = try! RoomKey(namespace: "sim", room: "clients")  // a constant valid name
    /// The highest connection number of each session that is known to have ended.
    var ended: [SessionID: UInt64] = [:]
    /// What clients of dialect 2 were done wrong.
    var wrongs: Set<String> = []
    /// Signals that their senders gave up, or repeated because they were refused or lost unheard: they may come late.
    var late: Set<SimClient.Name> = []
    /// Signals that the store reported to their senders as undeliverable.
    var reported: Set<SimClient.Name> = []
    /// Whether some node was without the store for a while.
    var hasBeenCut = false
    /// Whether the store lost something that it had.
    var hasLostData = false
    private var births: [UInt64]
    var dials: [PeerID: UInt64] = [:]

    private let resyncChanges: Int

    init(nodes count: Int, linked: Bool = true, guards: Guards = .all, resyncChanges: Int = 50) {
        self.guards = guards
        self.resyncChanges = resyncChanges
        births = Array(repeating: 0, count: count)
        shared.guards = guards
        for index in 0..<count { nodes.append(Node(machine: machine(at: index))) }
        for index in nodes.indices { begin(index, as: nodes[index].machine.node) }
        if linked { settle() }
    }

    private mutating func machine(at index: Int) -> ClusterMachine {
        var membership = Membership(node: instance(of: index), info: NodeInfo(name: "sim", version: "1"))
        membership.guards = guards
        var machine = ClusterMachine(membership: membership, limits: SimClient.limits, resyncChanges: resyncChanges)
        machine.delivery.guards = guards
        return machine
    }

    /// Names depend on nothing but their owner's past, so that the order of unrelated steps leaves no trace in a state.
    mutating func instance(of index: Int) -> NodeInstance {
        births[index] += 1
        return NodeInstance(bits: (births[index] - 1) << 8 | UInt64(index + 1))
    }

    // MARK: Clients

    /// A new socket of a peer: a new session of dialect 1, or the next connection of its one session.
    @discardableResult
    mutating func join(
        _ name: String, _ room: RoomKey, at index: Int, owner: String = "ip:1", resumes: Bool = false
    ) -> ConnectionID {
        let peer = peer(name)
        let dial = dials[peer, default: 0] + 1
        dials[peer] = dial
        let letter = UInt64(name.utf8.first ?? 0)
        let connection = ConnectionID(bits: letter << 32 | dial)
        let session = Session(room: room, peer: peer, connection: connection, isLegacy: !resumes)
        let record = MemberRecord(
            node: nodes[index].machine.node, session: SessionID(high: letter, low: resumes ? 0 : dial),
            connectionNumber: resumes ? dial : 0, connection: connection, owner: owner, flags: resumes ? [] : .legacy)
        nodes[index].waiting[connection] = session
        let command = JoinCommand(room: room, peer: session.peer, record: record, hasProof: resumes)
        run(index) { $0.join(command, wallMs: $1, now: $1) }
        return connection
    }

    /// The socket of a session closes, or its client gives up before the answer.
    mutating func leave(_ connection: ConnectionID, at index: Int, _ reason: LeaveReason = .left) {
        let session = nodes[index].open.first { $0.connection == connection } ?? nodes[index].waiting[connection]
        guard let session else { return }
        nodes[index].open.remove(session)
        nodes[index].waiting[connection] = nil
        let place = Place(room: session.room, peer: session.peer)
        run(index) { $0.closed(place, connection, .left(reason), now: $1) }
    }

    // MARK: Faults

    /// The connection breaks; commands that did not run are lost unless `inFlightRun`.
    mutating func unlink(_ index: Int, inFlightRun: Bool = false) {
        if inFlightRun { while !nodes[index].commands.isEmpty { executeNext(of: index) } }
        nodes[index].commands = []
        if !keepsReplies { nodes[index].replies = [] }
        nodes[index].inbox = []
        guard nodes[index].isLinked else { return }
        nodes[index].isLinked = false
        hasBeenCut = true
        run(index) { $0.disconnected(now: $1) }
    }

    mutating func link(_ index: Int) {
        guard nodes[index].isRunning, !nodes[index].isLinked else { return }
        nodes[index].isLinked = true
        nodes[index].generation += 1
        let generation = nodes[index].generation
        run(index) { $0.connected(generation: generation, now: $1) }
    }

    /// SIGKILL: nothing of the process survives.
    mutating func kill(_ index: Int, inFlightWaits: Bool = false) {
        lapsed.insert(nodes[index].machine.node)
        nodes[index].isRunning = false
        nodes[index].isLinked = false
        nodes[index].isPaused = false
        if !inFlightWaits { nodes[index].commands = [] }
        nodes[index].replies = []
        nodes[index].inbox = []
        nodes[index].open = []
        nodes[index].waiting = [:]
        noteLostCopies(of: index)
    }

    mutating func start(_ index: Int) {
        nodes[index] = Node(machine: machine(at: index), generation: nodes[index].generation)
        begin(index, as: nodes[index].machine.node)
    }

    mutating func begin(_ index: Int, as instance: NodeInstance) { run(index) { $0.begin(as: instance, now: $1) } }

    /// Redis loses its data, its connections stay.
    mutating func flush() {
        shared = SharedState()
        shared.guards = guards
        noteLoss()
    }

    /// A store that lost data comes back later than anything that it has forgotten.
    mutating func noteLoss() {
        hasLostData = true
        if !clients.isEmpty { drift += 1_000 }
    }

    // MARK: Steps

    mutating func executeNext(of index: Int) {
        guard !nodes[index].commands.isEmpty else { return }
        let command = nodes[index].commands.removeFirst()
        let before = shared.rooms
        let inboxes = shared.inboxes.keys
        let (reply, published) = shared.execute(command, nowMicros: now * 1_000 + drift)
        if shared.rooms != before {
            drift += 8
            noteDisplaced(since: before, by: command)
        }
        // Nor does it show a new inbox a time that the one before it has seen.
        if !clients.isEmpty, inboxes.contains(where: { shared.inboxes[$0] == nil }) { drift += 1_000 }
        noteReports()
        if case .send(let send) = command, reply == .sent(.notFound) {
            late.insert(.init(send.letter.session, send.letter.id))
        }
        if nodes[index].isRunning, command.isAwaited {
            nodes[index].replies.append((command, reply, nodes[index].generation))
        }
        for item in published {
            for target in nodes.indices where nodes[target].machine.node == item.to && nodes[target].isLinked {
                nodes[target].inbox.append(item.frame)
            }
        }
    }

    mutating func replyNext(of index: Int) {
        guard !nodes[index].replies.isEmpty else { return }
        let (command, reply, generation) = nodes[index].replies.removeFirst()
        run(index) { $0.completed(command, .success(reply), generation: generation, now: $1) }
    }

    mutating func readNext(of index: Int) {
        guard !nodes[index].inbox.isEmpty else { return }
        let frame = nodes[index].inbox.removeFirst()
        run(index) { $0.receive(frame, now: $1) }
    }

    /// Runs every queue dry.
    mutating func settle() {
        for _ in 0..<100_000 {
            var isQuiet = true
            for index in nodes.indices where nodes[index].isRunning {
                if !nodes[index].isLinked { link(index) }
                if nodes[index].commands.isEmpty, nodes[index].replies.isEmpty, nodes[index].inbox.isEmpty { continue }
                isQuiet = false
                executeNext(of: index)
                replyNext(of: index)
                readNext(of: index)
            }
            if isQuiet { return }
        }
        preconditionFailure("the cluster never came to rest")
    }

    /// Lets time pass with heartbeats of everybody who runs; `settling` = queues run dry after each.
    mutating func advance(_ milliseconds: Int64) {
        let end = now + milliseconds
        while now < end {
            now += min(250, end - now)
            for index in nodes.indices where nodes[index].isRunning {
                tick(index)
            }
            settle()
        }
    }

    mutating func tick(_ index: Int) { tick(index, at: now) }

    mutating func tick(_ index: Int, at time: Int64) {
        run(index) { machine, _ in machine.tick(now: time) }
    }

    /// Reads the echoes ahead of the rest.
    mutating func readEchoes(of index: Int) {
        for case .echo(let sequence) in nodes[index].inbox {
            run(index) { $0.receive(.echo(sequence: sequence), now: $1) }
        }
        nodes[index].inbox.removeAll { if case .echo = $0 { true } else { false } }
    }

    mutating func unlinkSilently(_ index: Int) {
        nodes[index].isLinked = false
        nodes[index].commands = []
        nodes[index].replies = []
        nodes[index].inbox = []
    }
}

extension BackplaneCommand {
    /// Nobody does anything with the answer to the others.
    fileprivate var isAwaited: Bool {
        switch self {
        case .index, .unindex: false
        default: true
        }
    }
}
