import Logging
import NIOCore

/// Keeps one greeted connection alive until it is closed: performs what ``LinkLife`` decides.
///
/// Confined to its event loop. The links own it; what they do with a greeted connection is the `onGreeted` closure.
final class ConnectionKeeper {
    /// Makes a greeted connection usable and then calls `ready`; an unusable one is ended instead.
    typealias Preparation = (_ connection: RedisConnection, _ ready: @escaping () -> Void) -> Void

    let configuration: RedisLinkConfiguration
    let loop: any EventLoop
    private let source: any RedisSource
    private var logger: Logger
    private var dialer: Dialer
    private var life: LinkLife
    private var generator = SystemRandomNumberGenerator()
    private var state = RedisLinkState.down(nil)
    /// Both are released by `close()`, which breaks the cycles through them.
    private var onStateChange: ((RedisLinkState) -> Void)?
    private var onGreeted: Preparation?
    private(set) var connection: RedisConnection?
    /// The server of the attempt under way or of the connection.
    private var server: RedisURL?

    init(
        source: any RedisSource, configuration: RedisLinkConfiguration, loop: any EventLoop, logger: Logger,
        onStateChange: @escaping (RedisLinkState) -> Void
    ) {
        self.source = source
        self.configuration = configuration
        self.loop = loop
        self.logger = logger
        self.onStateChange = onStateChange
        dialer = Dialer(configuration: configuration, loop: loop)
        let backoff = Backoff(min: configuration.reconnectBackoffMin, max: configuration.reconnectBackoffMax)
        life = LinkLife(backoff: backoff, stableAfter: configuration.stableAfter)
    }

    var generation: UInt64 { life.generation }
    var isUp: Bool { life.isUp && connection?.isOpen == true }
    var isClosed: Bool { life.phase == .closed }

    func start(onGreeted: @escaping Preparation) {
        loop.assertInEventLoop()
        guard let attempt = life.start() else { return }
        self.onGreeted = onGreeted
        source.join(self)
        locate(attempt)
    }

    func close() {
        loop.assertInEventLoop()
        guard life.close() else { return }
        connection?.end(.closed)
        connection = nil
        source.leave(self)
        report(.down(.closed))
        onStateChange = nil
        onGreeted = nil
    }

    func reconnect(reason: String, isHealthy: Bool) {
        loop.assertInEventLoop()
        if isHealthy { life.trust() }
        logger.info("redis.link-abandoned", metadata: ["reason": "\(reason)"])
        connection?.end(.connectionLost)
    }

    private func locate(_ attempt: LinkLife.Attempt) {
        source.locate { result in
            guard self.life.phase == .dialing(attempt) else { return }
            switch result {
            case .success(let url): self.dial(attempt, url)
            case .failure(let reason): self.ended(attempt, reason)
            }
        }
    }

    private func dial(_ attempt: LinkLife.Attempt, _ url: RedisURL) {
        server = url
        logger[metadataKey: "redis"] = "\(url.endpoint)"
        dialer.dial(url).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let channel): self.connected(attempt, url, channel)
            case .failure(let error): self.ended(attempt, Dialer.reason(of: error))
            }
        }
    }

    private func connected(_ attempt: LinkLife.Attempt, _ url: RedisURL, _ channel: any Channel) {
        guard life.connected(attempt) else { return channel.close(promise: nil) }
        guard let connection = try? channel.pipeline.syncOperations.handler(type: RedisConnection.self) else {
            // The channel closed between connecting and now, which empties its pipeline.
            return ended(attempt, .connectionLost)
        }
        self.connection = connection
        connection.attend { self.ended(attempt, $0) }
        let greeting = Greeting(url: url, configuration: configuration, mustBePrimary: source.mustBePrimary)
        connection.greet(greeting) { self.onGreeted?(connection) { self.ready(attempt) } }
    }

    private func ready(_ attempt: LinkLife.Attempt) {
        guard let generation = life.greeted(attempt, now: loop.now) else { return }
        report(.up(generation: generation))
    }

    private func ended(_ attempt: LinkLife.Attempt, _ reason: RedisError) {
        guard let pause = life.ended(attempt, now: loop.now, using: &generator) else { return }
        connection = nil
        loop.assumeIsolated().scheduleTask(in: pause) {
            if let next = self.life.pauseEnded(attempt) { self.locate(next) }
        }
        report(.down(reason))
    }

    /// Each state once: a server that stays away for the same reason is not news.
    private func report(_ state: RedisLinkState) {
        guard state != self.state else { return }
        self.state = state
        switch state {
        case .up(let generation): logger.info("redis.link-up", metadata: ["generation": "\(generation)"])
        case .down(.closed): logger.info("redis.link-closed")
        case .down(let reason): logger.warning("redis.link-down", metadata: ["reason": "\(reason, default: "")"])
        }
        onStateChange?(state)
    }
}

extension ConnectionKeeper: RedisSourceObserver {
    /// Leaves a connection to the old server, and waits no longer where the new one is worth a dial now.
    func sourceMoved(to url: RedisURL) {
        loop.assertInEventLoop()
        if let connection {
            guard server != url else { return }
            logger.info("redis.link-abandoned", metadata: ["reason": "the primary is now \(url.endpoint)"])
            connection.end(.connectionLost)
        } else if let attempt = life.pauseCutShort() {
            locate(attempt)
        }
    }
}
