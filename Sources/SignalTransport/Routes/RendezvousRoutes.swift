import HTTPTypes
import Hummingbird
import SignalDomain
import SignalNode

/// The rendezvous of protocol.md §1: peers announce themselves in a room and find each other.
struct RendezvousRoutes: Sendable {
    let settings: TransportSettings

    var all: [Route] {
        [
            Route(.post, "/rendezvous/register") { request, context in
                let caller = try await settings.node.registrant(settings.caller(request, context))
                let body = try RegistrationBody(await settings.object(in: request))
                return Response(json: try await settings.node.register(body.registration(), by: caller))
            },
            Route(.post, "/rendezvous/unregister") { request, context in
                let caller = try await settings.node.registrant(settings.caller(request, context))
                let body = try RegistrationBody(await settings.object(in: request))
                try await settings.node.unregister(
                    namespace: body.namespace(), room: body.room(), peerID: body.peerID(), by: caller)
                return Response(status: .noContent)
            },
            Route(.get, "/rendezvous/discover") { request, context in
                let query = QueryString(request.uri.query)
                return Response(
                    json: try await settings.node.discover(
                        namespace: query["namespace"], room: query["room"], limit: Self.wholeNumber(query["limit"]),
                        cookie: query["cookie"], by: settings.caller(request, context)))
            },
        ]
    }

    /// Nil for everything but a whole number; one with more digits than `Int` holds is its greatest or least.
    static func wholeNumber(_ text: String?) -> Int? {
        guard let text, !text.isEmpty else { return nil }
        let isNegative = text.hasPrefix("-")
        let digits = isNegative ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int(text) ?? (isNegative ? .min : .max)
    }
}
