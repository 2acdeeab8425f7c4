import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import SignalDomain
import SignalNode

/// The text of `/metrics` for an `Accept` header.
public typealias MetricsPage = @Sendable (_ accept: String?) async -> (contentType: String, body: String)

/// The HTTP contract of protocol.md §1: which paths there are, and how a request becomes an answer.
enum HTTPRoutes {
    /// The answerer of every request that is not a WebSocket handshake. Immutable; every connection's task uses it.
    static func responder(
        settings: TransportSettings, isAlive: @escaping @Sendable () -> Bool, metricsPage: @escaping MetricsPage
    ) -> HTTPChannelHandler.Responder {
        let routes =
            HealthRoutes(node: settings.node, isAlive: isAlive).all + BootstrapRoute(settings: settings).all
            + RendezvousRoutes(settings: settings).all + WatchRoute(settings: settings).all
            + InviteRoutes(settings: settings).all + AdminRoutes(settings: settings).all
            + BrowserRoutes(isServing: settings.configuration.browserPages).all
            + PeerJSRoutes.all(served: settings.served) + ownRoutes(settings: settings, metricsPage: metricsPage)
        let router = Router(context: RouteContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: AnswerRules(settings: settings, methods: RouteTable(routes)))
        for route in routes { router.on(RouterPath(route.path), method: route.method, use: route.answer) }
        let responder = router.buildResponder()
        let logger = settings.logger
        return { request, writer, channel in
            let source = ApplicationRequestContextSource(channel: channel, logger: logger)
            let context = RouteContext(source: source).naming(request)
            let response = try await responder.respond(to: request, context: context)
            try await writer.write(response: response.head, body: response.body)
        }
    }

    private static func ownRoutes(settings: TransportSettings, metricsPage: @escaping MetricsPage) -> [Route] {
        [
            Route(.get, "/metrics") { request, _ in
                let page = await metricsPage(request.headers[.accept])
                return Response(
                    status: .ok, headers: [.contentType: page.contentType],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: page.body)))
            }
        ]
            // The handshake itself never comes here; whoever forgot to ask for an upgrade does.
            + Endpoint.paths(served: settings.served).map { path in
                Route(.get, path) { _, _ in throw Refusal.upgradeRequired }
            }
    }
}

/// One method of one path.
struct Route: Sendable {
    typealias Answer = @Sendable (Request, RouteContext) async throws -> Response

    let method: HTTPRequest.Method
    let path: String
    let answer: Answer

    init(_ method: HTTPRequest.Method, _ path: String, _ answer: @escaping Answer) {
        self.method = method
        self.path = path
        self.answer = answer
    }
}

/// Which methods a path has, for `Allow`.
struct RouteTable: Sendable {
    private struct Pattern {
        let segments: [Substring]
        let methods: [HTTPRequest.Method]

        /// A segment that begins with a colon stands for any.
        func matches(_ path: [Substring]) -> Bool {
            segments.count == path.count && zip(segments, path).allSatisfy { $0.first == ":" || $0 == $1 }
        }
    }

    private var patterns: [Pattern] = []

    init(_ routes: [Route]) {
        let methods = Dictionary(grouping: routes) { $0.path }.mapValues { $0.map(\.method) }
        patterns = methods.sorted { $0.key < $1.key }
            .map { Pattern(segments: Self.segments($0.key), methods: $0.value) }
    }

    /// `GET, HEAD, OPTIONS`, or nil for an unknown path.
    func allowed(_ path: String) -> String? {
        let segments = Self.segments(path)
        let own = patterns.filter { $0.matches(segments) }.flatMap(\.methods)
        guard !own.isEmpty else { return nil }
        let all = own.contains(.get) ? own + [.head, .options] : own + [.options]
        return all.map(\.rawValue).joined(separator: ", ")
    }

    /// The router takes no notice of a slash at the end either.
    private static func segments(_ path: String) -> [Substring] {
        var key = path[...]
        while key.last == "/" { key.removeLast() }
        return key.split(separator: "/", omittingEmptySubsequences: false)
    }
}
