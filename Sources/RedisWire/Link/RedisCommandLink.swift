public import Logging
public import NIOCore

/// A lasting link to one Redis server for pipelined commands: it dials, greets, keeps order and reconnects for ever.
///
/// Not `Sendable`: everything of a link happens on the one event loop it is given. Methods are called there and closures
/// are called there, so nothing needs a lock. A started link keeps itself alive until ``close()``.
public final class RedisCommandLink {
    private let keeper: ConnectionKeeper

    /// - Parameters:
    ///   - source: Asked for the server at each dial; confined to the same loop.
    ///   - loop: An event loop of `NIOPosix`; the link is confined to it.
    ///   - onStateChange: Called on the loop, after pending commands have failed when a connection ended.
    public init(
        source: any RedisSource, configuration: RedisLinkConfiguration = RedisLinkConfiguration(),
        on loop: any EventLoop, logger: Logger, onStateChange: @escaping (RedisLinkState) -> Void
    ) {
        keeper = ConnectionKeeper(
            source: source, configuration: configuration, loop: loop, logger: logger, onStateChange: onStateChange)
    }

    /// A link to one address.
    public convenience init(
        url: RedisURL, configuration: RedisLinkConfiguration = RedisLinkConfiguration(), on loop: any EventLoop,
        logger: Logger, onStateChange: @escaping (RedisLinkState) -> Void
    ) {
        self.init(
            source: FixedSource(url), configuration: configuration, on: loop, logger: logger,
            onStateChange: onStateChange)
    }

    /// Raised by each connection that came up; 0 before the first. What was learned under a lower one is void.
    public var generation: UInt64 { keeper.generation }

    public var isUp: Bool { keeper.isUp }

    /// Dials, and from then on redials after every loss. Once per link.
    public func start() {
        keeper.start { _, ready in ready() }
    }

    /// Fails what is pending with ``RedisError/closed`` and never connects again.
    public func close() {
        keeper.close()
    }

    /// Drops the connection, fails what is pending with ``RedisError/connectionLost`` and dials again.
    ///
    /// - Parameters:
    ///   - reason: For the log.
    ///   - isHealthy: The connection works and is given up for another purpose: the next dial does not wait for a server
    ///     that was in trouble before.
    public func reconnect(reason: String, isHealthy: Bool = false) {
        keeper.reconnect(reason: reason, isHealthy: isHealthy)
    }

    /// Sends a command on the connection that is up; commands of one turn of the event loop leave in one write.
    ///
    /// Replies complete in the order of sending. An error reply is ``RedisError/server(_:)``; `NOSCRIPT`, `READONLY`,
    /// `MASTERDOWN` and `LOADING` also drop the connection, since the server is not the one that was greeted. A missed
    /// deadline fails this command with ``RedisError/timedOut``, drops the connection and fails the others with
    /// ``RedisError/connectionLost``.
    ///
    /// - Parameter completion: Called exactly once, on the loop; at once with ``RedisError/notConnected``,
    ///   ``RedisError/closed`` or ``RedisError/pipelineFull`` when nothing is sent.
    public func send(_ command: RedisCommand, completion: @escaping (Result<RESPValue, RedisError>) -> Void) {
        keeper.loop.assertInEventLoop()
        guard keeper.isUp, let connection = keeper.connection else {
            return completion(.failure(keeper.isClosed ? .closed : .notConnected))
        }
        connection.send(command, completion: completion)
    }
}
