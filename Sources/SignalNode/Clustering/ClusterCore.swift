import Backplane
import CoreMetrics
import Logging
import NIOCore
import SignalDomain

/// Carries out what the cluster machine decides: the only place where its actions meet the backplane, the router and the
/// sessions.
///
/// Confined to the backplane's loop.
final class ClusterCore {
    let backplane: any Backplane
    private(set) var machine: ClusterMachine
    private let relay: Relay
    private let status: NodeStatusBoard.Shard
    let directory: RoomDirectory
    let metrics: NodeMetrics
    private let logger: Logger
    private let clock: NodeClock
    private let timings: NodeConfiguration.Cluster
    private let makeInstance: () -> NodeInstance
    /// The way to the members of a room on this node; both run on any thread.
    var deliver: (ByteBuffer, RoomKey, PeerID, Dialect?) -> Void = { _, _, _, _ in }
    var broadcast: (Envelope) -> Void = { _ in }
    /// What this node tells `nodes` live nodes with its next heartbeat.
    var report: (_ nodes: Int) -> NodeReport = { _ in NodeReport() }
    /// Takes what addresses use on the other nodes: nothing while they are out of reach.
    var learn: (AddressTotals) -> Void = { _ in }
    private var liveNodes = 1
    /// What a moderator decided, for the node.
    var moderate: (InboxFrame) -> Void = { _ in }
    /// Takes what the shared state holds of moderators' decisions, and answers what it has lost.
    var recall: ([SanctionEntry]) -> [SanctionEntry] = { _ in [] }
    /// What an operator is told of the connection.
    var changed: (_ state: String) -> Void = { _ in }
    /// What the consoles of operators ask of this node, and are told by it.
    var desk = ConsoleDesk()
    private var answers: [ConnectionID: (JoinAnswer) -> Void] = [:]
    private(set) var sessions: [ConnectionID: Session] = [:]
    private var generation: UInt64 = 0
    /// The data set that answered last.
    private var epoch: String?
    private var isPulsing = false
    private var isRetired = false

    init(
        shard: String, backplane: any Backplane, machine: ClusterMachine, status: NodeStatusBoard.Shard,
        directory: RoomDirectory, metrics: NodeMetrics, logger: Logger, clock: NodeClock,
        timings: NodeConfiguration.Cluster, relayWindowBytes: Int, makeInstance: @escaping () -> NodeInstance
    ) {
        self.backplane = backplane
        relay = Relay(backplane: backplane, metrics: metrics, windowBytes: relayWindowBytes)
        self.machine = machine
        self.status = status
        self.directory = directory
        self.metrics = metrics
        var logger = logger
        logger[metadataKey: "shard"] = "\(shard)"
        self.logger = logger
        self.clock = clock
        self.timings = timings
        self.makeInstance = makeInstance
    }

    var now: Int64 { clock.monotonicMs() }

    func start() {
        relay.completed = { [weak self] command, result, generation in
            self?.completed(command, result, generation)
        }
        perform(machine.begin(as: machine.node, now: now))
        scheduleTick()
        scheduleRefresh()
    }

    // MARK: What sessions do

    func join(_ command: JoinCommand, for session: Session, answer: @escaping (JoinAnswer) -> Void) {
        sessions[session.seat.connection] = session
        answers[session.seat.connection] = answer
        perform(machine.join(command, wallMs: clock.wall().milliseconds, now: now))
    }

    func leave(_ seat: Session.Seat, _ departure: Departure) {
        sessions[seat.connection] = nil
        answers[seat.connection] = nil
        perform(machine.closed(seat.place, seat.connection, departure, now: now))
    }

    func take(_ inputs: [CoreInput]) {
        for input in inputs { take(input) }
        settle()
    }

    private func take(_ input: CoreInput) {
        switch input {
        case .relay(let envelope): forward(envelope)
        case .broadcast(let envelope):
            broadcast(envelope)
            if !envelope.nodes.isEmpty { forward(envelope) }
            envelope.sender?.dispatched()
        case .signal(let signal, let session):
            carryOut(machine.send(signal, now: now))
            session.dispatched()
        case .publication(let opened, let session): publish(opened, by: session)
        case .parcel(let parcel, let session): pass(parcel, from: session)
        case .confirmed(let sequence, let session):
            carryOut(machine.confirmed(session.seat.connection, through: sequence, at: session.seat.place, now: now))
        case .heard(let session):
            carryOut(machine.heard(session.seat.connection, at: session.seat.place))
        case .metadata(let metadata, let session):
            carryOut(machine.present(metadata, session.seat.connection, at: session.seat.place))
        case .roundTrip(let milliseconds, let session):
            machine.noteRoundTrip(milliseconds, at: session.seat.place)
        case .departed(let departure, let session):
            leave(session.seat, departure)
        }
    }

    func forward(_ envelope: Envelope) {
        directory.setMembersElsewhere(machine.membership.membersElsewhere(in: envelope.room), in: envelope.room)
        if machine.isLive { relay.append(.envelope(envelope)) } else { metrics.degradedDrops.increment() }
    }

    /// Ends this node's part once everything that is in line has gone its way, departures above all, and after a lease at
    /// the latest.
    func retire(leaseMs: Int, done: @escaping () -> Void) {
        let end = { [weak self] in
            guard let self, !isRetired else { return }
            isRetired = true
            backplane.call(.retire(machine.node, leaseMs: leaseMs)) { [backplane] _ in
                backplane.close()
                done()
            }
        }
        relay.flush()
        relay.whenIdle(end)
        later(.milliseconds(Int64(timings.leaseMs))) { _ in end() }
    }

    // MARK: Events of the backplane

    private func handle(_ event: BackplaneEvent) {
        guard !isRetired else { return }
        switch event {
        case .up(let generation):
            self.generation = generation
            relay.generation = generation
            reloadSanctions()
            perform(machine.connected(generation: generation, now: now))
            changed("up")
        case .down(let loss, let reason):
            metrics.reconnected(after: loss)
            logger.warning("backplane.down", metadata: ["reason": "\(reason)"])
            perform(machine.disconnected(now: now))
            relay.drop()
            learn(AddressTotals())
            changed("down")
        case .inbox(let batch):
            receive(batch)
        }
        status.update { $0.isConnected = machine.isLive }
    }

    private func receive(_ batch: ByteBuffer) {
        var reader = InboxReader(batch)
        while let frame = reader.next() {
            switch frame {
            case .broadcast(let room, let peer, let payload):
                metrics.relayReceived.increment()
                deliver(payload, room, peer, nil)
            case .variant(let room, let peer, let dialect, let payload):
                metrics.relayReceived.increment()
                deliver(payload, room, peer, dialect)
            case .sanction, .kick: moderate(frame)
            case .console(let frame): hear(frame)
            default: carryOut(machine.receive(frame, now: now))
            }
        }
        metrics.inboxDropped(malformed: reader.malformed, unknown: reader.unknown)
        settle()
    }

    private func completed(
        _ command: BackplaneCommand, _ result: Result<BackplaneReply, BackplaneError>, _ generation: UInt64
    ) {
        if case .success(.swept(_, let members)) = result { noteSweep(command, members) }
        let wasLive = machine.isLive
        perform(machine.completed(command, result, generation: generation, now: now))
        // Whoever has no lease is told nothing: what was decided just before it is read now.
        if !wasLive, machine.isLive { reloadSanctions() }
    }

    func describe(_ info: NodeInfo) { perform(machine.describe(info, now: now)) }

    /// Ends the membership of a session that has no socket.
    func remove(_ place: Place, _ connection: ConnectionID) {
        perform(machine.closed(place, connection, .left(.kicked), now: now))
    }

    // MARK: Time

    private func scheduleTick() {
        let jitter = Int64.random(in: 900...1_100)
        later(.microseconds(Int64(timings.heartbeatMs) * jitter)) { core in
            core.perform(core.machine.tick(now: core.now))
            core.scheduleTick()
        }
    }

    /// Unconfirmed letters have clocks that are finer than a heartbeat.
    private func pulse() {
        guard machine.isBusy, !isPulsing else { return }
        isPulsing = true
        later(.milliseconds(25)) { core in
            core.isPulsing = false
            core.perform(core.machine.pulse(now: core.now))
        }
    }

    private func scheduleRefresh() {
        later(.milliseconds(Int64(timings.roomKeyRefreshMs))) { core in
            let rooms = core.machine.membership.heldRooms
            for start in stride(from: 0, to: rooms.count, by: AnnounceCommand.pageSize) {
                let page = Array(rooms[start..<min(start + AnnounceCommand.pageSize, rooms.count)])
                core.backplane.call(.touch(page)) { _ in }
            }
            core.scheduleRefresh()
        }
    }

    func later(_ delay: TimeAmount, _ body: @escaping (ClusterCore) -> Void) {
        let task = NIOLoopBound(
            { [weak self] in
                guard let self, !isRetired else { return }
                body(self)
            }, eventLoop: backplane.loop)
        backplane.loop.scheduleTask(in: delay) { task.value() }
    }

    // MARK: Actions

    private func perform(_ actions: [ClusterAction]) {
        carryOut(actions)
        settle()
    }

    /// The end of each turn: what it put in line leaves together.
    private func settle() {
        relay.flush()
        pulse()
    }

    private func carryOut(_ actions: [ClusterAction]) {
        for action in actions {
            switch action {
            case .membership(let action): carryOut(action)
            case .delivery(let action): carryOut(action)
            case .welcome(let connection, let welcome):
                answers[connection] = nil
                on(connection) { $0.welcome(welcome) }
            case .presence(let event, let room, let version, let watchers): show(event, room, version, to: watchers)
            case .resync(let list, let room, let watchers):
                for event in list.events { desk.note(event, room) }
                for (watcher, connection) in watchers { on(connection) { $0.show(list, besides: watcher) } }
            case .pass(let connection, let payload): on(connection) { $0.deliver(SignalFrame.text(payload), from: nil) }
            case .forward(let frame, let node): relay.append(.frame(frame, to: node))
            case .dropped: metrics.degradedDrops.increment()
            }
        }
    }

    private func carryOut(_ action: DeliveryAction) {
        switch action {
        case .call(let command): relay.append(.command(command))
        case .deliver(let connection, let letter, let sequence):
            on(connection) { $0.deliver(letter, sequence: sequence) }
        case .outcome(let connection, let id, let peer, let outcome):
            metrics.outcome(outcome)
            on(connection) { $0.report(id: id, to: peer, outcome) }
        case .unconfirmed(let connection): on(connection) { $0.end(.unconfirmed) }
        case .resync: break
        }
    }

    private func carryOut(_ action: MembershipAction) {
        switch action {
        case .connect(let instance):
            backplane.connect(as: instance) { [weak self] event in self?.handle(event) }
        case .refence:
            logger.warning("cluster.lease-lost")
            metrics.refences.increment()
            perform(machine.begin(as: makeInstance(), now: now))
        case .reconnect(let loss, let reason): backplane.reconnect(after: loss, reason: reason)
        case .call(let command): call(command)
        case .mismatched:
            logger.error(
                "shards.mismatch",
                metadata: ["meaning": "other nodes list other shards: this one waits until all agree"])
        case .ready:
            status.update {
                $0.isConnected = true
                $0.wasRegistered = true
                $0.isDegraded = false
                $0.isMismatched = false
            }
            logger.info("cluster.registered", metadata: ["instance": "\(machine.node)"])
        case .degraded(let isDegraded):
            status.update { $0.isDegraded = isDegraded }
            logger.info(isDegraded ? "cluster.degraded" : "cluster.recovered")
        case .answer(let connection, let answer):
            if case .admitted = answer {} else { sessions[connection] = nil }
            answers.removeValue(forKey: connection)?(answer)
        case .close(let room, let peer, let connection, let loss):
            close(Place(room: room, peer: peer), connection, loss)
        case .interest(let room, let nodes):
            directory.setInterest(nodes, in: room)
        case .presence, .synced:
            break
        }
    }

    /// Heartbeats have a link of their own; everything else keeps its order with the signals.
    private func call(_ command: BackplaneCommand) {
        switch command {
        case .register(_, let info) where status.isDoubtful: register(command, info)
        case .register, .heartbeat: beat(command)
        default: relay.append(.command(command))
        }
    }

    private func beat(_ command: BackplaneCommand) {
        let report = report(liveNodes)
        let sent = NIODeadline.now()
        backplane.call(command.reporting(report)) { [weak self, generation] result in
            guard let self else { return }
            switch result {
            case .success(.mismatched): status.update { $0.isMismatched = true }
            case .success(.registered(let epoch)): answered(in: NIODeadline.now() - sent, by: epoch)
            case .success(.beat(let beat)):
                answered(in: NIODeadline.now() - sent, by: beat.epoch)
                heard(beat, after: report)
            default: break
            }
            completed(command, result, generation)
        }
    }

    /// Registrations and heartbeats tell which data set answers, also to a node whose lease went with the last one.
    private func answered(in time: TimeAmount, by epoch: String) {
        metrics.answered(nanoseconds: time.nanoseconds)
        if let known = self.epoch, known != epoch { metrics.epochChanges.increment() }
        self.epoch = epoch
    }

    private func heard(_ beat: HeartbeatReply, after report: NodeReport) {
        liveNodes = beat.nodes
        learn(beat.totals.without(report))
    }

    /// Registers only if all shards agree by now.
    private func register(_ command: BackplaneCommand, _ info: NodeInfo) {
        backplane.call(.compareShards(info.shards)) { [weak self, generation] result in
            guard let self else { return }
            let agrees = result == .success(.agreed(true))
            status.update { $0.compare(agrees: agrees, now: self.now, patienceMs: Int64(self.timings.leaseMs)) }
            if status.isDoubtful {
                completed(command, .success(.mismatched), generation)
            } else {
                beat(command)
            }
        }
    }

    private func close(_ place: Place, _ connection: ConnectionID, _ loss: MembershipLoss) {
        if sessions[connection] != nil {
            on(connection) { $0.end(CloseReason(loss)) }
        } else {
            carryOut(machine.closed(place, connection, .left(.replaced), now: now))
        }
    }

    private func show(
        _ event: PresenceEvent, _ room: RoomKey, _ version: UInt64, to watchers: [PeerID: ConnectionID]
    ) {
        desk.note(event, room)
        for connection in watchers.values { on(connection) { $0.show(event, version) } }
    }

    func on(_ connection: ConnectionID, _ body: @escaping @Sendable (Session) -> Void) {
        guard let session = sessions[connection] else { return }
        session.seat.shard.loop.execute { body(session) }
    }
}
