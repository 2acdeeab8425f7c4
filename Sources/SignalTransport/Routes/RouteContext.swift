import HTTPTypes
import Hummingbird
import NIOCore
import SignalDomain

/// What a route knows beside its request: who is at the other end of the socket.
struct RouteContext: RequestContext {
    /// How the handlers of the connection tell the routes whom its PROXY header names; what a client writes there is
    /// removed before.
    static let peerField = "x-bs-peer"

    var coreContext: CoreRequestContextStorage
    private(set) var peer: ClientAddress
    /// Succeeds when the connection ends.
    let closeFuture: EventLoopFuture<Void>

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = ClientAddress(source.channel.remoteAddress)
        closeFuture = source.channel.closeFuture
    }

    /// The peer as the PROXY header of the connection names it, if it has one.
    func naming(_ request: Request) -> RouteContext {
        guard let name = HTTPField.Name(Self.peerField), let text = request.headers[name],
            let named = ClientAddress(text)
        else { return self }
        var context = self
        context.peer = named
        return context
    }
}
