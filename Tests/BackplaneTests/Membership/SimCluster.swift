import SignalDomain

@testable import Backplane

/// A whole cluster in virtual time: real membership machines on one real `SharedState`, with every queue between them in
/// the test's hands. Commands, replies and inbox frames of a node are separate FIFO queues, as its links are.
struct SimCluster {
    struct Session: Hashable {
        let room: RoomKey
        let peer: PeerID
        let connection: ConnectionID
    }

    struct Node {
        var machine: Membership
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
        var presence: [(RoomKey, PresenceChange)] = []
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
    private var births: [UInt64]
    private var dials: [PeerID: UInt64] = [:]

    init(nodes count: Int, linked: Bool = true, guards: Guards = .all) {
        self.guards = guards
        births = Array(repeating: 0, count: count)
        shared.guards = guards
        for index in 0..<count { nodes.append(Node(machine: machine(at: index))) }
        for index in nodes.indices { perform(nodes[index].machine.begin(as: nodes[index].machine.node), at: index) }
        if linked { settle() }
    }

    private mutating func machine(at index: Int) -> Membership {
        var machine = Membership(node: instance(of: index), info: NodeInfo(name: "sim", version: "1"))
        machine.guards = guards
        return machine
    }

    /// Names depend on nothing but their owner's past, so that the order of unrelated steps leaves no trace in a state.
    private mutating func instance(of index: Int) -> NodeInstance {
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
        let session = Session(room: room, peer: peer, connection: connection)
        let record = MemberRecord(
            node: nodes[index].machine.node, session: SessionID(high: letter, low: resumes ? 0 : dial),
            connectionNumber: resumes ? dial : 0, connection: connection, owner: owner, flags: resumes ? [] : .legacy)
        nodes[index].waiting[connection] = session
        perform(
            nodes[index].machine.join(
                JoinCommand(room: room, peer: session.peer, record: record, hasProof: resumes), wallMs: now),
            at: index)
        return connection
    }

    /// The socket of a session closes, or its client gives up before the answer.
    mutating func leave(_ connection: ConnectionID, at index: Int, _ reason: LeaveReason = .left) {
        let session = nodes[index].open.first { $0.connection == connection } ?? nodes[index].waiting[connection]
        guard let session else { return }
        nodes[index].open.remove(session)
        nodes[index].waiting[connection] = nil
        perform(nodes[index].machine.leave(session.room, session.peer, connection, reason), at: index)
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
        perform(nodes[index].machine.disconnected(), at: index)
    }

    mutating func link(_ index: Int) {
        guard nodes[index].isRunning, !nodes[index].isLinked else { return }
        nodes[index].isLinked = true
        nodes[index].generation += 1
        perform(nodes[index].machine.connected(generation: nodes[index].generation, now: now), at: index)
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
    }

    mutating func start(_ index: Int) {
        nodes[index] = Node(machine: machine(at: index), generation: nodes[index].generation)
        perform(nodes[index].machine.begin(as: nodes[index].machine.node), at: index)
    }

    /// Redis loses its data, its connections stay.
    mutating func flush() {
        shared = SharedState()
        shared.guards = guards
    }

    // MARK: Steps

    mutating func executeNext(of index: Int) {
        guard !nodes[index].commands.isEmpty else { return }
        let command = nodes[index].commands.removeFirst()
        let before = shared.rooms
        let (reply, published) = shared.execute(command, nowMicros: now * 1_000 + drift)
        if shared.rooms != before {
            drift += 8
            noteDisplaced(since: before)
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
        perform(
            nodes[index].machine.completed(command, .success(reply), generation: generation, now: now), at: index)
    }

    mutating func readNext(of index: Int) {
        guard !nodes[index].inbox.isEmpty else { return }
        perform(nodes[index].machine.receive(nodes[index].inbox.removeFirst(), now: now), at: index)
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

    mutating func tick(_ index: Int, at time: Int64) { perform(nodes[index].machine.tick(now: time), at: index) }

    /// Reads the echoes ahead of the rest.
    mutating func readEchoes(of index: Int) {
        for case .echo(let sequence) in nodes[index].inbox {
            perform(nodes[index].machine.receive(.echo(sequence: sequence), now: now), at: index)
        }
        nodes[index].inbox.removeAll { if case .echo = $0 { true } else { false } }
    }

    private mutating func perform(_ actions: [MembershipAction], at index: Int) {
        for action in actions { perform(action, at: index) }
    }

    private mutating func perform(_ action: MembershipAction, at index: Int) {
        switch action {
        case .connect:
            unlinkSilently(index)
        case .refence:
            let fresh = instance(of: index)
            perform(nodes[index].machine.begin(as: fresh), at: index)
        case .reconnect:
            unlink(index)
        case .call(let command):
            if nodes[index].isLinked { nodes[index].commands.append(command) }
        case .ready: nodes[index].isReady = true
        case .degraded: break
        case .answer(let connection, let answer):
            if keepsHistory { nodes[index].answers[connection] = answer }
            guard let session = nodes[index].waiting.removeValue(forKey: connection) else { return }
            if case .admitted = answer { nodes[index].open.insert(session) }
            if answer == .stale, isNewest(connection, of: session.peer) { wronged.insert(connection) }
        case .close(_, let peer, let connection, let loss):
            if loss == .stale, isNewest(connection, of: peer) { wronged.insert(connection) }
            leave(connection, at: index, loss == .inUse ? .left : .replaced)
        case .interest(let room, let others): nodes[index].interest[room] = others.isEmpty ? nil : others
        case .presence(let room, let change):
            if keepsHistory { nodes[index].presence.append((room, change)) }
            if nodes[index].open.contains(where: { $0.room == room }) { note(change) }
        }
    }

    private func isNewest(_ connection: ConnectionID, of peer: PeerID) -> Bool {
        connection.bits & 0xFFFF_FFFF == dials[peer]
    }

    private mutating func note(_ change: PresenceChange) {
        guard case .left(_, let record, let reason) = change, reason != .replaced, !lapsed.contains(record.node),
            !displaced.contains(record.connection), isOpen(record.connection) || isWaiting(record.connection)
        else { return }
        mournedAlive.insert(record.connection)
    }

    private mutating func noteDisplaced(since before: [RoomKey: SharedState.Room]) {
        for (key, room) in before {
            for (peer, old) in room.members {
                guard let new = shared.rooms[key]?.members[peer], new.connection != old.connection else { continue }
                displaced.insert(old.connection)
            }
        }
    }

    private func isWaiting(_ connection: ConnectionID) -> Bool {
        nodes.contains { $0.waiting[connection] != nil }
    }

    func isOpen(_ connection: ConnectionID) -> Bool {
        nodes.contains { node in node.open.contains { $0.connection == connection } }
    }

    private mutating func unlinkSilently(_ index: Int) {
        nodes[index].isLinked = false
        nodes[index].commands = []
        nodes[index].replies = []
        nodes[index].inbox = []
    }

    // MARK: Verdicts

    /// What is wrong with a cluster at rest, in sentences.
    func faults(rooms: [RoomKey]) -> [String] {
        var found = wronged.map { "the newest connection \($0) gave way to an older one" }
        found += mournedAlive.filter(isOpen).map { "\($0) was seen leaving and never left" }
        for node in nodes where node.isRunning {
            found += node.waiting.values.map { "\($0.peer) waits for ever on \(node.machine.node)" }
        }
        var state = shared
        for room in rooms {
            guard case .snapshot(let snapshot) = state.execute(.sync(room), nowMicros: now * 1_000).reply else {
                continue
            }
            var holders: [PeerID: (ConnectionID, NodeInstance)] = [:]
            for node in nodes where node.isRunning {
                for session in node.open where session.room == room {
                    if holders[session.peer] != nil { found.append("two sessions of \(session.peer) in \(room)") }
                    holders[session.peer] = (session.connection, node.machine.node)
                }
            }
            for (peer, record) in snapshot.members where holders[peer]?.0 != record.connection {
                found.append("ghost \(peer) of \(record.node) in \(room)")
            }
            for (peer, holder) in holders {
                let record = snapshot.members[peer]
                if record == nil { found.append("\(peer) is missing in \(room)") }
                if let record, record.node != holder.1 { found.append("\(peer) is listed on the wrong node") }
            }
            found += countFaults(snapshot, room)
            found += viewFaults(snapshot, room)
        }
        return found
    }

    private func countFaults(_ snapshot: RoomSnapshot, _ room: RoomKey) -> [String] {
        let counts = Dictionary(grouping: snapshot.members.values, by: \.node).mapValues(\.count)
        return counts == snapshot.interest ? [] : ["interest of \(room) is \(snapshot.interest), members say \(counts)"]
    }

    private func viewFaults(_ snapshot: RoomSnapshot, _ room: RoomKey) -> [String] {
        nodes.flatMap { node -> [String] in
            guard node.isRunning, node.open.contains(where: { $0.room == room }) else { return [] }
            var found: [String] = []
            let view = node.machine.members(of: room).mapValues(\.connection)
            if view != snapshot.members.mapValues(\.connection) {
                found.append("\(node.machine.node) sees \(view.keys) in \(room), not \(snapshot.members.keys)")
            }
            let interest = Set(snapshot.interest.keys).subtracting([node.machine.node])
            if Set(node.interest[room] ?? []) != interest {
                found.append("\(node.machine.node) routes \(room) to \(node.interest[room] ?? []), not \(interest)")
            }
            return found
        }
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
