import Backplane
import CoreMetrics
import Foundation
import Logging
import NIOCore
import NIOPosix
import Observability
import RedisBackplane
import RedisWire
import ServiceLifecycle
import SignalDomain
import SignalNode
import SignalTransport

/// The composition root: the only place that knows both Redis and the sockets.
enum Assembly {
    /// Runs a node until a signal ends it.
    ///
    /// - Parameter running: what SIGHUP reads again.
    static func run(_ configuration: NodeConfiguration, _ running: RunningSettings) async throws {
        let registry = PrometheusRegistry()
        registry.declare(NodeMetrics.Family.allCases.filter { !$0.isSampled }.map(MetricFamily.init))
        registry.registerProcessMetrics()
        MetricsSystem.bootstrap(registry)
        let log = makeLog(configuration)
        let logger = Logger(label: "signal-node")
        OpenFiles.raise(logger)

        let plan = EventLoopPlan(configured: configuration.listener.eventLoops, cores: System.coreCount)
        let sockets = MultiThreadedEventLoopGroup(numberOfThreads: plan.sockets)
        let apart = plan.isClusterApart ? MultiThreadedEventLoopGroup(numberOfThreads: 1) : nil
        let node = try await makeNode(configuration, sockets: sockets, on: (apart ?? sockets).next(), logger)
        sample(node, into: registry)
        let server = SignalServer(
            node: node, group: sockets,
            metricsPage: { accept in
                let format = ExpositionFormat.negotiated(accept: accept)
                return (format.contentType, registry.render(format: format))
            }, logger: logger)
        let blockFiles = BlockFiles(configuration)
        let files = AccessFiles(configuration).hooks(for: node) + blockFiles.hooks(for: node)
        for hook in files { try await hook.run() }
        let reload = Reload(files + running.hooks(for: node, log))
        let watch = Task { await blockFiles.watch(for: node, logger) }
        defer { watch.cancel() }
        let service = NodeService(node: node, server: server, reload: reload, logger: logger)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: Logger(label: "lifecycle", factory: { _ in SwiftLogNoOpLogHandler() })))
        try await group.run()
        try await sockets.shutdownGracefully()
        try await apart?.shutdownGracefully()
    }

    private static func makeLog(_ configuration: NodeConfiguration) -> JSONLog {
        let log = JSONLog(
            sink: .standardOutput,
            fields: [("service.name", "signal-node"), ("node", configuration.nodeName)])
        log.use(level: configuration.logLevel)
        LoggingSystem.bootstrap { log.handler(label: $0) }
        return log
    }

    /// Builds the node on the loop of its backplane: Redis if one is configured, the embedded one otherwise.
    private static func makeNode(
        _ configuration: NodeConfiguration, sockets: MultiThreadedEventLoopGroup, on loop: any EventLoop,
        _ logger: Logger
    ) async throws -> Node {
        let settings = try redisSettings(configuration)
        let loops = Array(sockets.makeIterator())
        let audit = try AuditLog(
            configuration.audit, node: configuration.nodeName, clock: SystemClock.node, logger: logger)
        return try await loop.submit {
            let shared = try settings.map { try shard(named: $0, $1, on: loop, logger) }
            return Node(
                configuration: configuration, backplanes: shared.isEmpty ? [embedded(configuration, loop)] : shared,
                isShared: !shared.isEmpty, loops: loops, clock: SystemClock.node, logger: logger,
                version: SignalNodeCommand.version, audit: audit)
        }.get()
    }

    private static func shard(
        named name: String, _ settings: RedisBackplaneSettings, on loop: any EventLoop, _ logger: Logger
    ) throws -> Node.Shard {
        #if DEBUG
            var settings = settings
            settings.withoutGuards = try guardsLeftOut(by: ProcessInfo.processInfo.environment)
            var shard = Node.Shard(
                name: name, backplane: RedisBackplane(settings: settings, on: loop, logger: logger))
            shard.withoutGuards = settings.withoutGuards
            return shard
        #else
            return Node.Shard(
                name: name, backplane: RedisBackplane(settings: settings, on: loop, logger: logger))
        #endif
    }

    #if DEBUG
        /// The rules that `SIGNAL_NODE_WITHOUT_GUARDS` (`V1,V3`) switches off, to show what each of them prevents.
        static func guardsLeftOut(by environment: [String: String]) throws -> Guards {
            let names = environment["SIGNAL_NODE_WITHOUT_GUARDS"] ?? ""
            guard let guards = Guards(numbers: names) else {
                throw BrokenConfiguration(
                    problems: ["SIGNAL_NODE_WITHOUT_GUARDS=\(names): the rules are V1 to V17 and V19 to V21"])
            }
            return guards
        }
    #endif

    /// The backplane of a node that is alone.
    private static func embedded(_ configuration: NodeConfiguration, _ loop: any EventLoop) -> Node.Shard {
        let hub = InMemoryHub(
            timings: SharedState.Timings(configuration.cluster), bounds: configuration.rendezvous.bounds,
            limits: InboxLimits(configuration.delivery), wallMicros: SystemClock.wallMicros)
        return Node.Shard(name: "embedded", backplane: InMemoryBackplane(hub: hub, loop: loop))
    }

    /// The settings of each shard, by name; none = the node is alone.
    private static func redisSettings(
        _ configuration: NodeConfiguration
    ) throws -> [(String, RedisBackplaneSettings)] {
        let redis = configuration.redis
        let cluster = configuration.cluster
        return try zip(redis.shards, redis.addresses()).map { shard, address in
            let link = RedisLinkConfiguration(
                sentinelTimeout: .milliseconds(Int64(redis.sentinelTimeoutMs)),
                commandTimeout: .milliseconds(Int64(redis.commandTimeoutMs)),
                reconnectBackoffMin: .milliseconds(Int64(redis.reconnectMinMs)),
                reconnectBackoffMax: .milliseconds(Int64(redis.reconnectMaxMs)),
                maxPipelineBytes: redis.pipelineBytes,
                clientName: configuration.nodeName,
                tls: address.isTLS ? try RedisTLS(trustRootsFile: redis.trustRootsFile) : nil)
            let settings = RedisBackplaneSettings(
                address: address, link: link, leaseMs: Int64(cluster.leaseMs),
                heartbeatMs: Int64(cluster.heartbeatMs), amnestyGapMs: Int64(cluster.amnestyGapMs),
                roomKeyTTLMs: Int64(cluster.roomKeyTTLMs), rendezvous: configuration.rendezvous.bounds,
                inbox: InboxLimits(configuration.delivery))
            return (shard.name, settings)
        }
    }

    /// Values that are read when somebody asks, not counted as they happen.
    private static func sample(_ node: Node, into registry: PrometheusRegistry) {
        registry.registerSampler(MetricFamily(.activeConnections)) {
            [SampledValue(Double(node.metrics.activeConnections))]
        }
        registry.registerSampler(MetricFamily(.redisUp)) {
            [SampledValue([.up, .none].contains(node.status.backplane) ? 1 : 0)]
        }
        registry.registerSampler(MetricFamily(.degraded)) { [SampledValue(node.status.isDegraded ? 1 : 0)] }
        registry.registerSampler(MetricFamily(.draining)) { [SampledValue(node.status.isDraining ? 1 : 0)] }
        registry.registerSampler(MetricFamily(.rendezvousWatches)) { [SampledValue(Double(node.watchCount))] }
        registry.registerSampler(MetricFamily(.rooms)) { [SampledValue(Double(node.roomCount))] }
        registry.registerSampler(MetricFamily(.memoryLimit)) { MemoryLimit.bytes().map { [SampledValue($0)] } ?? [] }
        registry.registerSampler(MetricFamily(.buildInfo)) {
            [SampledValue(1, labels: [("version", SignalNodeCommand.version)])]
        }
    }
}

extension MetricFamily {
    init(_ family: NodeMetrics.Family) {
        let kind: Kind =
            if family.isSampled { .gauge } else if family.isHistogram {
                .histogram(buckets: Self.latencyBuckets)
            } else { .counter }
        self.init(family.rawValue, kind, family.help, labels: family.labelNames)
    }
}

extension SharedState.Timings {
    init(_ cluster: NodeConfiguration.Cluster) {
        self.init(
            leaseMs: Int64(cluster.leaseMs), heartbeatMs: Int64(cluster.heartbeatMs),
            amnestyGapMs: Int64(cluster.amnestyGapMs))
    }
}

extension InboxLimits {
    init(_ delivery: NodeConfiguration.Delivery) {
        self.init(entries: delivery.inboxEntries, bytes: delivery.inboxBytes, ttlMs: Int64(delivery.inboxTTLMs))
    }
}
