import HTTPTypes
import Hummingbird
import NIOCore
import SignalDomain

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What PeerJS clients ask over HTTP: an ID for themselves, and the list of all peers, which nobody gets.
///
/// A client puts its key behind the path that it was given, so that with `/` and the key `peerjs` one segment is left.
enum PeerJSRoutes {
    static func all(served: Set<CompatibilityEndpoint>) -> [Route] {
        guard served.contains(.peerjs) else { return [] }
        let anyKey = "/peerjs/:key"
        // The router does not look for a key in a segment that is part of another path.
        return ["/peerjs", "/peerjs/peerjs", anyKey].flatMap { path in
            [
                Route(.get, path + "/id") { _, context in
                    if path == anyKey { try check(key: PathParameter.text("key", context)) }
                    return identifier
                },
                Route(.get, path + "/peers") { _, _ in throw Refusal.discoveryOff },
            ]
        }
    }

    /// An ID that nobody has: 122 random bits (RFC 9562, version 4).
    private static var identifier: Response {
        Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: UUID().uuidString.lowercased())))
    }

    private static func check(key: String) throws(Refusal) {
        do throws(NameError) {
            _ = try RoomKey(peerJSKey: key, of: try PeerID(peerJS: "a"))
        } catch {
            throw .badName(error)
        }
    }
}

extension Refusal {
    /// PeerServer's answer where discovery is off, as it is by default.
    static let discoveryOff = Refusal(
        status: 401, code: "discovery_off", title: "Unauthorized", sentence: "This server lists no peers.",
        extraHeaders: [("WWW-Authenticate", "Bearer realm=\"signal\"")])
}
