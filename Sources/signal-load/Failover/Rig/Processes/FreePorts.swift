import NIOCore
import NIOPosix

/// Ports for servers, none of them twice.
///
/// Below the range that the kernel takes for outgoing connections, so that a server finds its port again after a restart.
struct FreePorts {
    private static let range = 20_000..<32_000
    private var taken: Set<Int> = []

    /// A port that nobody listens on now.
    mutating func next() async throws -> Int {
        for _ in 0..<200 {
            let port = Int.random(in: Self.range)
            guard taken.insert(port).inserted else { continue }
            let listener = try? await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(host: "127.0.0.1", port: port).get()
            guard let listener else { continue }
            try await listener.close()
            return port
        }
        throw RigFailure("no free port between \(Self.range.lowerBound) and \(Self.range.upperBound)")
    }
}
