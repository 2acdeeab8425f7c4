import Foundation
import SignalTestKit

/// A Redis, three nodes and the edge in front of them, for one test.
struct EdgeCluster {
    let cluster: Cluster
    let edge: EdgeServer

    init(settings: [String: String] = [:]) async throws {
        cluster = try await Cluster(
            nodes: 3, settings: settings.merging(["TRUSTED_PROXY_CIDRS": "127.0.0.0/8"]) { own, _ in own })
        let edge = try EdgeServer(nodes: cluster.nodes.map(\.port))
        self.edge = edge
        try await cluster.eventually("the edge answers") {
            try await TestHTTP.get("/health", port: edge.port).status == 200
        }
    }

    /// The name of the node that answers `/bootstrap` with this query.
    func node(query: String) async throws -> String {
        let answer = try await TestHTTP.get("/bootstrap\(query)", port: edge.port)
        let object = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
        guard answer.status == 200, let node = object?["node"] as? String else {
            throw Cluster.Never(description: "\(answer.status) \(answer.body)")
        }
        return node
    }

    /// The node of each of these rooms.
    func places(of rooms: [String]) async throws -> [String: String] {
        var places: [String: String] = [:]
        for room in rooms { places[room] = try await node(query: "?room=\(room)") }
        return places
    }
}
