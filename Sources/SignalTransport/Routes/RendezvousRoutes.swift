import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import SignalDomain
import SignalNode

/// The rendezvous of protocol.md §1: peers announce themselves in a room and find each other.
struct RendezvousRoutes: Sendable {
    let settings: TransportSettings

    var all: [Route] {
        [
            Route(.post, "/rendezvous/register") { request, context in
                let caller = try await settings.node.registrant(caller(request, context))
                let body = try RegistrationBody(await object(in: request))
                return Response(json: try await settings.node.register(body.registration(), by: caller))
            },
            Route(.post, "/rendezvous/unregister") { request, context in
                let caller = try await settings.node.registrant(caller(request, context))
                let body = try RegistrationBody(await object(in: request))
                try await settings.node.unregister(
                    namespace: body.namespace(), room: body.room(), peerID: body.peerID(), by: caller)
                return Response(status: .noContent)
            },
            Route(.get, "/rendezvous/discover") { request, context in
                let query = QueryString(request.uri.query)
                return Response(
                    json: try await settings.node.discover(
                        namespace: query["namespace"], room: query["room"], limit: Self.wholeNumber(query["limit"]),
                        cookie: query["cookie"], by: caller(request, context)))
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

    private func caller(_ request: Request, _ context: RouteContext) -> Caller {
        Caller(request, context, origin: settings.origin)
    }

    private func object(in request: Request) async throws -> [String: JSONValue] {
        if let type = request.headers[.contentType] {
            let name = type.prefix { $0 != ";" }.lowercased().trimmedSpaces
            guard name == "application/json" || name.hasSuffix("+json") else { throw Refusal.unsupportedMediaType }
        }
        let maxBytes = settings.configuration.handshake.bodyBytes
        do {
            let body = try await request.body.collect(upTo: maxBytes)
            return try JSONValue.object(in: body)
        } catch is NIOTooManyBytesError {
            throw Refusal.bodyTooLarge(maxBytes: maxBytes)
        }
    }
}

extension String {
    fileprivate var trimmedSpaces: String {
        var text = self[...]
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return String(text)
    }
}
