import NIOCore

/// A node's place in the network on which Redis is: without it, all packets between the two are lost.
struct NetworkWire: NodeWire {
    /// What the engine calls the container and the network.
    let container: String
    let network: String

    func forward() async throws { try await Docker.later(["network", "connect", network, container]) }

    func blackhole() async throws { try await Docker.later(["network", "disconnect", network, container]) }

    func slow(by latency: TimeAmount) async throws { throw Self.unable }

    func reset() async throws { throw Self.unable }

    private static let unable = RigFailure("the network of containers loses packets, it delays none and resets nothing")
}
