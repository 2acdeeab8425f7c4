import Hummingbird
import NIOCore

/// What a route knows beside its request: the address of the socket's peer.
struct RouteContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let peer: SocketAddress?
    /// Succeeds when the connection ends.
    let closeFuture: EventLoopFuture<Void>

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress
        closeFuture = source.channel.closeFuture
    }
}
