import HTTPTypes
import Hummingbird
import SignalDomain
import SignalNode

/// What a client needs before it connects: the address of `/signal`, how many peers are there, the limits.
struct BootstrapRoute: Sendable {
    let settings: TransportSettings

    var all: [Route] {
        [
            Route(.get, "/bootstrap") { request, context in
                let query = QueryString(request.uri.query)
                return Response(
                    json: try await settings.node.bootstrap(
                        namespace: query["namespace"], room: query["room"], region: query["region"],
                        by: Caller(request, context, origin: settings.origin),
                        signalingURL: try signalingURL(request, context)))
            }
        ]
    }

    /// The configured address, else the one by which the client reached this node.
    private func signalingURL(_ request: Request, _ context: RouteContext) throws(Refusal) -> String {
        if let configured = settings.configuration.publicSignalingURL { return configured }
        guard let host = HostField([request.head.authority ?? ""]) else {
            throw .badRequest("The Host header is missing or malformed.")
        }
        let isBehindTLS =
            settings.origin.isTrusted(context.peer) && request.headers[.forwardedProto]?.lowercased() == "https"
        return "\(isBehindTLS ? "wss" : "ws")://\(host.text)\(UpgradeRequest.path)"
    }
}
