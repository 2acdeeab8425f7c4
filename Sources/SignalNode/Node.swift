import Backplane
import CoreMetrics
import Crypto
public import Logging
public import NIOCore
import SignalDomain
import Synchronization

/// A signaling node: its sessions, the routes of their signals, its limits and its place in the cluster.
///
/// Safe from any thread. Sessions are confined to their event loops, the cluster's bookkeeping to the backplane's loop;
/// what both touch sits behind small mutexes.
public final class Node: Sendable {
    public let configuration: NodeConfiguration
    public let metrics: NodeMetrics
    /// Who did what: every change of rights and every act of moderation or administration is recorded here.
    public let audit: AuditLog
    let clock: NodeClock
    let logger: Logger
    let clusters: ShardedCluster
    let router: SignalRouter
    let shards: [LoopShard.Handle]
    let directory: RoomDirectory
    let access: AccessControl
    let moderation: ModerationBoard
    /// What happens here, for operators who watch.
    public let events: NodeEvents
    /// What happened last in rooms of this node, for the question why two peers did not connect.
    let timelines: Timelines
    /// The nodes as consoles were told of them.
    let roll = Mutex(NodeRoll())
    /// Whether other nodes can reach the same backplane.
    let isShared: Bool
    /// What the node tells about itself when it registers.
    let info: NodeInfo
    let anonymousWrites = RoomWriteBudgets()
    let exempt: CIDRList
    let scanLimits: ScanLimits
    /// The same for dialect 2.
    let reliableScanLimits: ScanLimits
    let signalLimits: SignalTarget.Limits
    let ice: IceIssuer
    let watches: RendezvousWatches
    private let board: NodeStatusBoard
    let addresses: AddressLedger
    private let addressCodes: AddressCodes
    let tokenFailures: Mutex<TokenFailures>
    let blockList = BlockList()
    private let secret: SymmetricKey
    /// The key of tokens for redeemed invites, where no file of keys has one.
    let inviteKeys = Mutex<RoomTokenKeys?>(nil)
    /// The secret of that key.
    let inviteSecret: [UInt8]

    /// The bounds of rendezvous records, as configured.
    let rendezvousBounds: RendezvousBounds

    /// How soon a refused client should come back, in seconds.
    var retryAfterSeconds: Int { Int.random(in: 1...5) }

    /// Must be called on the loop of the backplanes, which becomes the node's.
    ///
    /// - Parameters:
    ///   - backplanes: at least one, with different names, all on one loop.
    ///   - loops: the event loops of the sockets, at most 64.
    ///   - isShared: whether other nodes can reach the same backplane.
    public init(
        configuration: NodeConfiguration, backplanes: [Shard], isShared: Bool, loops: [any EventLoop],
        clock: NodeClock, logger: Logger, version: String, audit: AuditLog = .off
    ) {
        self.configuration = configuration
        self.audit = audit
        self.isShared = isShared
        self.clock = clock
        self.logger = logger
        let metrics = NodeMetrics(labels: configuration.telemetry.labels)
        self.metrics = metrics
        let requires = isShared && configuration.redis.required
        let board = NodeStatusBoard(
            nodeName: configuration.nodeName, shards: backplanes.count, isShared: isShared,
            requiresRegistration: requires)
        self.board = board
        let directory = RoomDirectory()
        self.directory = directory
        events = NodeEvents(configuration, clock: clock)
        let timelines = Timelines(configuration.console)
        self.timelines = timelines
        shards = loops.prefix(ShardSet.maxShards).enumerated().map { index, loop in
            LoopShard.Handle(index: index, loop: loop, directory: directory, timelines: timelines, clock: clock)
        }
        let names = backplanes.map(\.name)
        let map = ShardMap(names: names) ?? ShardMap.single
        let info = NodeInfo(
            name: configuration.nodeName, version: version, shards: map.digest, startedAt: clock.wall().milliseconds)
        self.info = info
        let cores = map.names.enumerated().compactMap { index, name in
            backplanes.first { $0.name == name }.map { shard in
                ClusterCore(
                    shard: name, backplane: shard.backplane,
                    machine: Self.machine(configuration, info, of: shard, requiresRegistration: requires),
                    status: board.shard(index), directory: directory, metrics: metrics, logger: logger, clock: clock,
                    timings: configuration.cluster, relayWindowBytes: configuration.redis.pipelineBytes / 2,
                    makeInstance: { NodeInstance(bits: .random(in: .min ... .max)) })
            }
        }
        clusters = ShardedCluster(map: map, clusters: cores.map(Cluster.init))
        let secret =
            configuration.access.clusterSecret.map { SymmetricKey(data: Array($0.utf8)) }
            ?? SymmetricKey(size: .bits256)
        self.secret = secret
        let addresses = AddressLedger(configuration, shards: cores.count, key: secret)
        self.addresses = addresses
        addressCodes = AddressCodes(key: secret)
        tokenFailures = Mutex(TokenFailures(limits: .init(configuration.abuse)))
        router = SignalRouter(shards: shards, directory: directory, metrics: metrics)
        for (index, core) in cores.enumerated() {
            core.deliver = { [router] in router.deliver($0, in: $1, from: $2, to: $3) }
            core.broadcast = { [router] envelope in router.broadcast(envelope) }
            guard isShared else { continue }
            core.report = { nodes in
                NodeReport(
                    sockets: metrics.activeConnections, rooms: directory.roomCount,
                    loads: addresses.loads(nodes: nodes, nowMs: clock.monotonicMs()))
            }
            core.learn = { addresses.learn($0, shard: index) }
        }
        access = AccessControl(configuration)
        moderation = ModerationBoard(map: map)
        exempt = (try? CIDRList(parsing: configuration.rates.exemptCIDRs.joined(separator: ","))) ?? CIDRList()
        scanLimits = ScanLimits(
            maxDepth: configuration.messages.maxDepth, maxKeys: configuration.messages.maxKeys,
            maxKeyBytes: configuration.messages.maxKeyBytes)
        var reliable = scanLimits
        reliable.serverOwnsSequence = true
        reliableScanLimits = reliable
        var signals = SignalTarget.Limits()
        signals.maxConfirmedBytes = configuration.delivery.reliableMessageBytes
        signalLimits = signals
        rendezvousBounds = configuration.rendezvous.bounds
        watches = RendezvousWatches(configuration.rendezvous)
        ice = IceIssuer(configuration) { Array(HMAC<SHA256>.authenticationCode(for: $0, using: secret)) }
        inviteSecret = Array(HMAC<SHA256>.authenticationCode(for: Array("bs:invite-tokens".utf8), using: secret))
        for (shard, core) in cores.enumerated() {
            core.moderate = { [weak self] in self?.heard($0) }
            core.recall = { [weak self] in self?.recall($0, of: shard) ?? [] }
            core.changed = { [events] in events.publish(.backplane(shard: map.names[shard], $0)) }
            core.desk.serve(self)
        }
    }

    private static func machine(
        _ configuration: NodeConfiguration, _ info: NodeInfo, of shard: Shard, requiresRegistration: Bool
    ) -> ClusterMachine {
        let timings = configuration.cluster
        let membership = Membership(
            node: NodeInstance(bits: .random(in: .min ... .max)), info: info,
            timings: .init(
                heartbeatMs: Int64(timings.heartbeatMs), settleMs: Int64(timings.settleMs),
                selfFenceMs: Int64(timings.selfFenceMs), recallMs: Int64(timings.recallMs)),
            requiresRegistration: requiresRegistration)
        var machine = ClusterMachine(
            membership: membership, limits: .init(configuration.delivery),
            leaveWindowMs: Int64(configuration.delivery.leaveWindowMs),
            resyncChanges: configuration.delivery.resyncChanges)
        #if DEBUG
            machine.weaken(by: shard.withoutGuards)
        #endif
        return machine
    }

    /// Registers with the cluster and keeps the node's clocks running.
    public func start() {
        clusters.start()
        pruneAddresses()
        keepModeration()
        keepConsoles()
    }

    public var status: NodeStatus { board.status }

    /// Rooms with members on this node.
    public var roomCount: Int { directory.roomCount }

    /// Clients that watch who can be found in a room.
    public var watchCount: Int { watches.count }

    /// Who an anonymous client is to the cluster.
    func owner(of client: ClientAddress) -> String { code(of: AddressKey(client)) }

    /// The name of an address where others may read it.
    func code(of address: AddressKey) -> String { addressCodes[address] }

    /// Signs what clients carry and must not forge.
    func sign(_ bytes: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: bytes, using: secret))
    }

    /// Tells health checks, operators and the cluster; false when it is too late.
    func setDraining(_ isDraining: Bool) -> Bool {
        guard board.setDraining(isDraining) else { return false }
        events.publish(.draining(isDraining))
        var info = info
        info.isDraining = isDraining
        clusters.describe(info)
        return true
    }

    /// The point of no return of a drain: from now on nobody takes it back.
    ///
    /// - Returns: false when it was taken back before: then nothing may be closed.
    public func beginClosing() -> Bool { board.beginClosing() }
}
