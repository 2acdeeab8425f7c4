import SignalNode

extension Settings {
    /// The rows of `NodeConfiguration.compatibility`.
    static let compatibility: [Setting] = [
        Setting(
            "compatibilityEndpoints", .compatibility, .list(\.compatibility.endpoints),
            "Endpoints for clients of other servers: topics (y-webrtc), peerjs (PeerJS), or none."),
        Setting(
            "topicsPerConnection", .compatibility,
            .integer(\.compatibility.topicsPerConnection, 1...10_000, .count),
            "Topics of one /topics connection at once, and names in one of its messages."),
        Setting(
            "peerjsQueueMs", .compatibility, .integer(\.compatibility.peerJSQueueMs, duration, .milliseconds),
            "How long a PeerJS message waits for its receiver before the sender hears EXPIRE."),
    ]
}
