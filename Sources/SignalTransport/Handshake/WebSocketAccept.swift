import NIOCore
import NIOHTTP1
import NIOWebSocket

/// The headers of a 101 answer (RFC 6455 §4.2.2); NIO's upgrader computes `Sec-WebSocket-Accept`.
enum WebSocketAccept {
    private static let upgrader = NIOWebSocketServerUpgrader(
        shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
        upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })

    /// Succeeds at once on the event loop of `channel` for a request without `fault`. No extension is ever accepted.
    static func headers(for head: HTTPRequestHead, on channel: any Channel) -> EventLoopFuture<HTTPHeaders> {
        upgrader.buildUpgradeResponse(channel: channel, upgradeRequest: head, initialResponseHeaders: [:])
    }
}
