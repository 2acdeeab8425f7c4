import Foundation
import SignalTestKit
import Testing

/// What a node tells strangers, and what it leaves behind (rows 23 and 24).
@Suite("A node on the open internet")
struct ServingNodeTests {
    @Test("health and bootstrap name the serving node and no other one, and neither tells an address of a client")
    func namesItself() async throws {
        let cluster = try await Cluster(nodes: 3)
        var peers: [TestPeer] = []
        for index in 0..<3 { peers.append(try await cluster.peer("p\(index)", at: index)) }
        try await cluster.everyNode(sees: 3)
        for node in cluster.nodes {
            for path in ["/health", "/livez", "/readyz", "/lb-ready", "/bootstrap?room=r"] {
                let body = try await TestHTTP.get(path, port: node.port).body
                for other in cluster.nodes where other !== node { #expect(!body.contains(other.name), "\(path)") }
                #expect(!body.contains("redis:"), "\(path)")
            }
            #expect(try await TestHTTP.get("/health", port: node.port).body.contains(#""node":"\#(node.name)""#))
            let found = try await TestHTTP.get("/rendezvous/discover?room=r", port: node.port).body
            #expect(found.contains("p0"))
            #expect(!found.contains("127.0.0.1"))
        }
        withExtendedLifetime(peers) {}
    }

    @Test("a process shows no secret in its arguments")
    func arguments() throws {
        let node = try NodeProcess("n1", settings: ["CLUSTER_SECRET": "a-secret-of-the-environment-....."])
        let line = try String(contentsOfFile: "/proc/\(node.process.pid)/cmdline", encoding: .utf8)
        #expect(line.contains("signal-node"))
        #expect(!line.contains("a-secret"))
    }

    @Test("the edge keeps metrics and administration from the internet, however the path is written")
    func edge() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let edge = try String(contentsOf: root.appending(path: "infra/edge/haproxy.cfg"), encoding: .utf8)
        #expect(
            edge.contains(
                "http-request deny deny_status 404 if { path,url_dec -m reg -i ^/+(metrics|admin|console)(/|$) }"))
    }

    @Test("confirmed signals leave no inbox and no payload in Redis")
    func inboxes() async throws {
        let cluster = try await Cluster(nodes: 2)
        let ann = try await cluster.reliablePeer("ann", at: 0)
        let bob = try await cluster.reliablePeer("bob", at: 1)
        for number in 0..<20 { try await ann.signal("\(number)", to: "bob", #","sdp":"bs-payload""#) }
        for number in 0..<20 { #expect(try await ann.outcome(of: "\(number)", to: "bob") == "received") }
        try await cluster.eventually("no inbox holds a signal") {
            for key in try cluster.redis.command(["KEYS", "*"]).split(separator: "\n") {
                let dump = try cluster.redis.command(["DUMP", String(key)])
                if dump.contains("bs-payload") { return false }
            }
            return true
        }
        #expect(cluster.nodes.allSatisfy { !$0.log.contains("bs-payload") })
        withExtendedLifetime(bob) {}
    }
}
