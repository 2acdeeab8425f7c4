import NIOCore
import NIOHTTP1
import SignalNode

/// The handlers that every connection begins with, and the way out of them at an upgrade.
///
/// Confined to its channel's event loop.
struct HTTPStack {
    let encoder = HTTPResponseEncoder()
    let decoder: ByteToMessageHandler<HTTPRequestDecoder>
    let requests: RequestHeadGuard

    init(sockets: LoopSockets) {
        let handshake = sockets.settings.configuration.handshake
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = handshake.headBytes
        limits.maxHeaderListSize = handshake.headBytes
        limits.maxHeaderFieldCount = handshake.headFields
        decoder = ByteToMessageHandler(
            HTTPRequestDecoder(
                leftOverBytesStrategy: .forwardBytes, informationalResponseStrategy: .drop, limitConfiguration: limits))
        requests = RequestHeadGuard(sockets: sockets)
    }

    /// Fills a fresh pipeline.
    static func install(on channel: any Channel, sockets: LoopSockets, routes: RoutedChannel) throws {
        let http = HTTPStack(sockets: sockets)
        let pipeline = channel.pipeline.syncOperations
        if sockets.settings.configuration.abuse.expectsProxyHeader {
            try pipeline.addHandler(
                ProxyHeaderHandler(origin: sockets.settings.origin) { http.requests.isNamed(by: $0) })
        }
        try pipeline.addHandlers([
            http.encoder, http.decoder, http.requests,
            SignalUpgradeHandler(sockets: sockets, http: http, routes: routes),
        ])
    }

    /// Puts `handler` in the place of all of these. The decoder leaves last and hands over what it has not parsed.
    func replace(
        with handler: any ChannelHandler, and upgrade: SignalUpgradeHandler, in pipeline: ChannelPipeline
    ) throws {
        let operations = pipeline.syncOperations
        try operations.addHandler(handler, position: .after(decoder))
        operations.removeHandler(requests, promise: nil)
        operations.removeHandler(upgrade, promise: nil)
        operations.removeHandler(encoder, promise: nil)
        operations.removeHandler(decoder, promise: nil)
    }
}
