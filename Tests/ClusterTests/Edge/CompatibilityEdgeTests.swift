import Foundation
import SignalTestKit
import Testing

/// Other clients through the edge: a PeerJS client has a place on the ring, a `/topics` socket has none.
@Suite("Other clients at the edge", .serialized)
struct CompatibilityEdgeTests {
    @Test("/topics sockets spread over the nodes, and are one service")
    func topics() async throws {
        let world = try await EdgeCluster()
        var clients: [TopicsClient] = []
        for _ in 0..<24 { clients.append(try await TopicsClient.connect(port: world.edge.port)) }
        for client in clients { try await client.subscribe("doc") }
        try await clients[0].counts(24, on: "doc")
        for client in clients { await client.peer.drop() }
        try await world.cluster.eventually("the edge has logged them", within: .seconds(30)) {
            world.edge.servers(of: "/topics").count == 24
        }
        #expect(Set(world.edge.servers(of: "/topics")).count > 1)
    }

    @Test("a PeerJS client comes to the node of its ID, under both paths")
    func peerJS() async throws {
        let world = try await EdgeCluster()
        let paths = ["/peerjs", "/peerjs/peerjs"]
        for number in 0..<8 {
            for path in paths {
                let client = try await PeerJSClient.open("my \(number)", port: world.edge.port, path: path)
                await client.peer.drop()
            }
        }
        try await world.cluster.eventually("the edge has logged them", within: .seconds(30)) {
            paths.allSatisfy { world.edge.servers(of: $0).count == 8 }
        }
        #expect(world.edge.servers(of: paths[0]).sorted() == world.edge.servers(of: paths[1]).sorted())
        #expect(Set(world.edge.servers(of: paths[0])).count > 1)
        #expect(try await TestHTTP.get("/peerjs/peerjs/id", port: world.edge.port).status == 200)
    }
}
