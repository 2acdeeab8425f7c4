package import SignalDomain

/// The paths that take WebSockets, each with a contract of its own.
package enum Endpoint: Hashable, Sendable {
    case signal
    case topics
    case peerJS

    /// A PeerJS client puts its own `peerjs` behind the path that it was given, which is `/` or `/peerjs`.
    private static let paths: [String: Endpoint] = [
        "/signal": .signal, "/topics": .topics, "/peerjs": .peerJS, "/peerjs/peerjs": .peerJS,
    ]

    /// - Parameter served: what this node offers besides `/signal`.
    package init?(path: String, served: Set<CompatibilityEndpoint>) {
        guard let endpoint = Self.paths[path], endpoint.isServed(among: served) else { return nil }
        self = endpoint
    }

    /// All paths of the endpoints that this node offers.
    static func paths(served: Set<CompatibilityEndpoint>) -> [String] {
        paths.filter { $0.value.isServed(among: served) }.keys.sorted()
    }

    private func isServed(among served: Set<CompatibilityEndpoint>) -> Bool {
        switch self {
        case .signal: true
        case .topics: served.contains(.topics)
        case .peerJS: served.contains(.peerjs)
        }
    }
}
