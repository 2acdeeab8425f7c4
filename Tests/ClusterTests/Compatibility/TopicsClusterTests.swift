import Foundation
import SignalTestKit
import Testing

/// What y-webrtc's own server cannot do: more than one process.
@Suite("Topics over three nodes", .serialized)
struct TopicsClusterTests {
    private static func clients(of cluster: Cluster, on topic: String) async throws -> [TopicsClient] {
        var clients: [TopicsClient] = []
        for node in cluster.nodes {
            let client = try await TopicsClient.connect(port: node.port)
            try await client.subscribe(topic)
            clients.append(client)
        }
        return clients
    }

    @Test("subscribers of all nodes hear each other, and every node counts all of them")
    func spread() async throws {
        let cluster = try await Cluster(nodes: 3)
        let clients = try await Self.clients(of: cluster, on: "doc")
        for client in clients { try await client.counts(3, on: "doc") }
        for (number, client) in clients.enumerated() { try await client.publish("from-\(number)", to: "doc") }
        for client in clients {
            for number in 0..<3 { #expect(try await client.hears("from-\(number)", on: "doc").number("clients") == 3) }
        }
        try await clients[2].unsubscribe("doc")
        for client in clients.prefix(2) { try await client.counts(2, on: "doc") }
    }

    @Test("publications of one client arrive on another node in their order")
    func order() async throws {
        let cluster = try await Cluster(nodes: 3)
        let clients = try await Self.clients(of: cluster, on: "doc")
        try await clients[0].counts(3, on: "doc")
        for number in 0..<300 { try await clients[0].publish("n\(number)", to: "doc") }
        for client in clients {
            var next = 0
            while next < 300 {
                let heard = try await client.peer.next(type: "publish", timeout: TopicsClient.patience)
                guard let word = heard.objects("data").first?["from"], word.hasPrefix("n") else { continue }
                #expect(word == "n\(next)")
                next += 1
            }
        }
    }

    @Test("kill -9 of a node takes its subscribers out of the count, and the others go on")
    func kill() async throws {
        let cluster = try await Cluster(nodes: 3)
        let clients = try await Self.clients(of: cluster, on: "doc")
        for client in clients { try await client.counts(3, on: "doc") }
        cluster.nodes[0].kill()
        for client in clients.dropFirst() { try await client.counts(2, on: "doc") }
        // The client of the dead node comes back through another one, as y-webrtc does by itself.
        let back = try await TopicsClient.connect(port: cluster.nodes[1].port)
        try await back.subscribe("doc")
        for client in [back, clients[1], clients[2]] { try await client.counts(3, on: "doc") }
    }

    @Test("a topic that is closed by a moderator stays closed, and the others stay open")
    func closure() async throws {
        let cluster = try await Cluster(nodes: 2, settings: Operator.settings)
        let admin = Operator(port: cluster.nodes[0].port)
        let ann = try await TopicsClient.connect(port: cluster.nodes[1].port)
        try await ann.subscribe("doc")
        try await ann.counts(1, on: "doc")
        #expect(try await admin.post("/admin/rooms/y-topics/doc/close").status == 202)
        let close = try await ann.peer.expectClose(timeout: TopicsClient.patience)
        #expect(close.code == 4404)
        let again = try await TopicsClient.connect(port: cluster.nodes[1].port)
        try await again.subscribe("doc", "other")
        #expect(try await again.error()["topic"] == "doc")
        try await again.counts(1, on: "other")
    }
}
