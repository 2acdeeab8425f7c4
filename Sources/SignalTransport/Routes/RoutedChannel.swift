import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// One connection that speaks plain HTTP: Hummingbird's request loop behind a pipeline that we accepted.
///
/// Immutable and shared by all connections; each of them runs one task from its first request to its end.
struct RoutedChannel: HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: Responder
    let census: SocketCensus
    let logger: Logger

    /// Adds the handlers at the end of the pipeline and starts the request loop. Runs on the channel's event loop.
    func install(on channel: any Channel) throws {
        let value = try addHandlers(to: channel)
        census.countRequestLoop(1)
        Task {
            await handle(value: value, logger: logger)
            census.countRequestLoop(-1)
        }
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture { try addHandlers(to: channel) }
    }

    func handle(value: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: value, logger: logger)
    }

    private func addHandlers(to channel: any Channel) throws -> Value {
        try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }
}
