public import Logging
public import NIOCore

/// A lasting link to one Redis server that listens to channels and subscribes anew on every connection.
///
/// It runs no commands, since RESP2 has no push type. Confined to its event loop exactly as ``RedisCommandLink`` is; a
/// started link keeps itself alive until ``close()``.
public final class RedisSubscriptionLink {
    private let keeper: ConnectionKeeper
    private let channels: () -> [String]
    private let onMessage: (String, ByteBuffer) -> Void

    /// - Parameters:
    ///   - source: Asked for the server at each dial; confined to the same loop.
    ///   - loop: An event loop of `NIOPosix`; the link is confined to it.
    ///   - channels: Asked at each connection for the channels to listen to.
    ///   - onStateChange: Called on the loop. Up means that every `SUBSCRIBE` is confirmed.
    ///   - onMessage: Called on the loop with the channel and the payload of each message, in order, while up.
    public init(
        source: any RedisSource, configuration: RedisLinkConfiguration = RedisLinkConfiguration(),
        on loop: any EventLoop, logger: Logger, channels: @escaping () -> [String],
        onStateChange: @escaping (RedisLinkState) -> Void, onMessage: @escaping (String, ByteBuffer) -> Void
    ) {
        self.channels = channels
        self.onMessage = onMessage
        keeper = ConnectionKeeper(
            source: source, configuration: configuration, loop: loop, logger: logger, onStateChange: onStateChange)
    }

    /// A link to one address.
    public convenience init(
        url: RedisURL, configuration: RedisLinkConfiguration = RedisLinkConfiguration(), on loop: any EventLoop,
        logger: Logger, channels: @escaping () -> [String], onStateChange: @escaping (RedisLinkState) -> Void,
        onMessage: @escaping (String, ByteBuffer) -> Void
    ) {
        self.init(
            source: FixedSource(url), configuration: configuration, on: loop, logger: logger, channels: channels,
            onStateChange: onStateChange, onMessage: onMessage)
    }

    /// Raised by each connection whose subscriptions were confirmed; 0 before the first.
    public var generation: UInt64 { keeper.generation }

    public var isUp: Bool { keeper.isUp }

    /// Dials, and from then on redials after every loss. Once per link.
    public func start() {
        keeper.start { connection, ready in self.subscribe(on: connection, ready) }
    }

    /// Never connects again.
    public func close() {
        keeper.close()
    }

    /// Drops the connection and dials again: channels are asked for anew.
    ///
    /// - Parameters:
    ///   - reason: For the log.
    ///   - isHealthy: The connection works and is given up for another purpose: the next dial does not wait for a server
    ///     that was in trouble before.
    public func reconnect(reason: String, isHealthy: Bool = false) {
        keeper.reconnect(reason: reason, isHealthy: isHealthy)
    }

    private func subscribe(on connection: RedisConnection, _ ready: @escaping () -> Void) {
        let names = Set(channels())
        var state = SubscriptionState(channels: names)
        connection.onUnsolicited = { value in
            switch state.receive(value) {
            case .nothing: break
            case .confirmed: ready()
            case .message(let channel, let payload): if self.isUp { self.onMessage(channel, payload) }
            case .broken(let error): return error
            }
            return nil
        }
        if names.isEmpty {
            ready()
        } else {
            connection.post(RedisCommand("SUBSCRIBE", names.sorted().map { .string($0) }))
            keeper.loop.assumeIsolated().scheduleTask(in: keeper.configuration.commandTimeout) {
                if !state.isConfirmed { connection.end(.timedOut) }
            }
        }
        beat(connection)
    }

    /// A `PING` when nothing was heard for an interval, so that silence means a dead connection; a silent one ends.
    private func beat(_ connection: RedisConnection) {
        guard connection.isOpen, let lastRead = connection.lastRead else { return }
        let now = keeper.loop.now
        let silentAt = lastRead + keeper.configuration.silenceTimeout
        guard now < silentAt else { return connection.end(.timedOut) }
        var next = lastRead + keeper.configuration.heartbeatInterval
        if next <= now {
            connection.post(RedisCommand("PING"))
            next = now + keeper.configuration.heartbeatInterval
        }
        keeper.loop.assumeIsolated().scheduleTask(deadline: min(next, silentAt)) { self.beat(connection) }
    }
}
