import NIOCore
import NIOHTTP1
import SignalNode

/// The handlers that every connection begins with, and the way out of them at an upgrade.
///
/// Confined to its channel's event loop.
struct HTTPStack {
    private let decoder: ByteToMessageHandler<HTTPRequestDecoder>
    let requests: RequestHeadGuard

    private init(sockets: LoopSockets) {
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
        try pipeline.addHandler(http.decoder)
        try pipeline.addHandler(http.requests)
        try pipeline.addHandler(SignalUpgradeHandler(sockets: sockets, http: http, routes: routes))
    }

    /// Puts `handler` in the place of all of these, and writes `head` before it writes anything. The decoder leaves last
    /// and hands over what it has not parsed.
    func replace(
        with handler: SignalChannelHandler, answering head: ByteBuffer, and upgrade: SignalUpgradeHandler,
        in pipeline: ChannelPipeline
    ) throws {
        let operations = pipeline.syncOperations
        if let encoder = requests.encoder { operations.removeHandler(encoder, promise: nil) }
        try operations.addHandler(handler, position: .after(decoder))
        handler.transmit(head, from: nil)
        operations.removeHandler(requests, promise: nil)
        operations.removeHandler(upgrade, promise: nil)
        operations.removeHandler(decoder, promise: nil)
    }
}
