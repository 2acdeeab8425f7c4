import Backplane
import CoreMetrics
import Logging
import NIOCore
import SignalDomain

/// Carries out what the membership machine decides: the only place where its actions meet the backplane, the router and
/// the sessions.
///
/// Confined to the backplane's loop.
final class ClusterCore {
    let backplane: any Backplane
    private(set) var membership: Membership
    private let relay: Relay
    private let status: NodeStatusBoard
    private let directory: RoomDirectory
    private let metrics: NodeMetrics
    private let logger: Logger
    private let clock: NodeClock
    private let timings: NodeConfiguration.Cluster
    private let makeInstance: () -> NodeInstance
    var deliver: (ByteBuffer, RoomKey, PeerID) -> Void = { _, _, _ in }
    private var answers: [ConnectionID: (JoinAnswer) -> Void] = [:]
    private var sessions: [ConnectionID: Session] = [:]
    private var generation: UInt64 = 0
    private var isRetired = false

    init(
        backplane: any Backplane, membership: Membership, status: NodeStatusBoard, directory: RoomDirectory,
        metrics: NodeMetrics, logger: Logger, clock: NodeClock, timings: NodeConfiguration.Cluster,
        relayWindowBytes: Int, makeInstance: @escaping () -> NodeInstance
    ) {
        self.backplane = backplane
        relay = Relay(backplane: backplane, metrics: metrics, windowBytes: relayWindowBytes)
        self.membership = membership
        self.status = status
        self.directory = directory
        self.metrics = metrics
        self.logger = logger
        self.clock = clock
        self.timings = timings
        self.makeInstance = makeInstance
    }

    func start() {
        perform(membership.begin(as: membership.node))
        scheduleTick()
        scheduleRefresh()
    }

    // MARK: Requests of sessions

    func join(_ command: JoinCommand, for session: Session, answer: @escaping (JoinAnswer) -> Void) {
        sessions[session.seat.connection] = session
        answers[session.seat.connection] = answer
        perform(membership.join(command, wallMs: clock.wall().milliseconds))
    }

    func leave(_ seat: Session.Seat, _ reason: LeaveReason) {
        sessions[seat.connection] = nil
        answers[seat.connection] = nil
        perform(membership.leave(seat.room, seat.peer, seat.connection, reason))
    }

    func publish(_ envelopes: [Envelope]) {
        if membership.isLive { relay.send(envelopes) } else { relay.drop(envelopes) }
    }

    func retire(leaseMs: Int, done: @escaping () -> Void) {
        isRetired = true
        backplane.call(.retire(membership.node, leaseMs: leaseMs)) { [backplane] _ in
            backplane.close()
            done()
        }
    }

    // MARK: Events of the backplane

    private func handle(_ event: BackplaneEvent) {
        guard !isRetired else { return }
        switch event {
        case .up(let generation):
            self.generation = generation
            perform(membership.connected(generation: generation, now: clock.monotonicMs()))
        case .down(let reason):
            logger.warning("backplane.down", metadata: ["reason": "\(reason)"])
            perform(membership.disconnected())
            relay.drop()
        case .inbox(let batch):
            receive(batch)
        }
        status.update { $0.isConnected = membership.isLive }
    }

    private func receive(_ batch: ByteBuffer) {
        var reader = InboxReader(batch)
        while let frame = reader.next() {
            if case .broadcast(let room, let peer, let payload) = frame {
                metrics.relayReceived.increment()
                deliver(payload, room, peer)
            } else {
                perform(membership.receive(frame, now: clock.monotonicMs()))
            }
        }
        metrics.inboxDropped(malformed: reader.malformed, unknown: reader.unknown)
    }

    // MARK: Time

    private func scheduleTick() {
        let jitter = Int64.random(in: 900...1_100)
        let tick = NIOLoopBound({ [weak self] in self?.tick() ?? () }, eventLoop: backplane.loop)
        backplane.loop.scheduleTask(in: .microseconds(Int64(timings.heartbeatMs) * jitter)) { tick.value() }
    }

    private func tick() {
        guard !isRetired else { return }
        perform(membership.tick(now: clock.monotonicMs()))
        scheduleTick()
    }

    private func scheduleRefresh() {
        let refresh = NIOLoopBound({ [weak self] in self?.refresh() ?? () }, eventLoop: backplane.loop)
        backplane.loop.scheduleTask(in: .milliseconds(Int64(timings.roomKeyRefreshMs))) { refresh.value() }
    }

    private func refresh() {
        guard !isRetired else { return }
        let rooms = membership.heldRooms
        for start in stride(from: 0, to: rooms.count, by: AnnounceCommand.pageSize) {
            let page = Array(rooms[start..<min(start + AnnounceCommand.pageSize, rooms.count)])
            backplane.call(.touch(page)) { _ in }
        }
        scheduleRefresh()
    }

    // MARK: Actions

    private func perform(_ actions: [MembershipAction]) {
        for action in actions { perform(action) }
    }

    private func perform(_ action: MembershipAction) {
        switch action {
        case .connect(let instance):
            backplane.connect(as: instance) { [weak self] event in self?.handle(event) }
        case .refence:
            logger.warning("cluster.lease-lost")
            metrics.refences.increment()
            perform(membership.begin(as: makeInstance()))
        case .reconnect(let reason):
            backplane.reconnect(reason: reason)
        case .call(let command):
            call(command)
        case .ready:
            status.update { $0.wasRegistered = true }
            logger.info("cluster.registered", metadata: ["instance": "\(membership.node)"])
        case .degraded(let isDegraded):
            status.update { $0.isDegraded = isDegraded }
            metrics.degraded.set(isDegraded ? 1 : 0)
            logger.info(isDegraded ? "cluster.degraded" : "cluster.recovered")
        case .answer(let connection, let answer):
            if case .admitted = answer {} else { sessions[connection] = nil }
            answers.removeValue(forKey: connection)?(answer)
        case .close(let room, let peer, let connection, let loss):
            close(room, peer, connection, loss)
        case .interest(let room, let nodes):
            directory.setInterest(nodes, in: room)
        case .presence:
            // Dialect 1 has no presence events; counts come from the membership itself.
            break
        }
    }

    private func call(_ command: BackplaneCommand) {
        let generation = generation
        backplane.call(command) { [weak self] result in
            guard let self else { return }
            perform(membership.completed(command, result, generation: generation, now: clock.monotonicMs()))
        }
    }

    private func close(_ room: RoomKey, _ peer: PeerID, _ connection: ConnectionID, _ loss: MembershipLoss) {
        let reason: CloseReason =
            switch loss {
            case .replaced: .replaced
            case .stale: .stale
            case .inUse: .inUse
            }
        if let session = sessions[connection] {
            session.seat.shard.loop.execute { session.end(reason) }
        } else {
            perform(membership.leave(room, peer, connection, .replaced))
        }
    }
}
