import HTTPTypes
import Hummingbird
import SignalDomain
import SignalNode

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The questions of people, kubelets and balancers: is the process alive, does it serve, should it get new sockets.
struct HealthRoutes: Sendable {
    let node: Node
    /// Whether every event loop turns.
    let isAlive: @Sendable () -> Bool

    var all: [Route] {
        [
            Route(.get, "/health") { _, _ in Response(json: health) },
            Route(.get, "/livez") { _, _ in
                guard isAlive() else { throw Refusal.stuck }
                return plain("ok")
            },
            Route(.get, "/readyz") { _, _ in
                guard node.status.isReady else { throw Refusal.notReady }
                return plain("ready")
            },
            Route(.get, "/lb-ready") { _, _ in
                let status = node.status
                // 404 is what HAProxy's disable-on-404 takes for: no new sockets, cut none.
                guard !status.isDraining else { throw Refusal.leavingBalancer }
                guard status.isReady else { throw Refusal.notReady }
                return plain("ready")
            },
        ]
    }

    private var health: [UInt8] {
        let status = node.status
        var json = Array("{\"ok\":true,\"now\":\"".utf8)
        json += Array(Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)).iso8601.utf8)
        json += Array("\",\"node\":".utf8) + JSONText.quote(status.nodeName)
        json += Array(",\"redis\":".utf8) + JSONText.quote(status.backplane.rawValue)
        json += Array(",\"degraded\":\(status.isDegraded)}".utf8)
        return json
    }

    private func plain(_ text: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text + "\n")))
    }
}

extension Refusal {
    static let stuck = Refusal(
        status: 503, code: "stuck", title: "Service Unavailable", sentence: "An event loop does not turn any more.")
    static let notReady = Refusal(
        status: 503, code: "not_ready", title: "Service Unavailable",
        sentence: "This node takes no new peers now.", retryAfterSeconds: 1)
    static let leavingBalancer = Refusal(
        status: 404, code: "draining", title: "Not Found", sentence: "This node drains and wants no new sockets.")
}
