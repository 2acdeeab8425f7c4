import Foundation
import SignalTestKit
import Testing

/// The edge sends all peers of a room to one node, whatever their requests look like.
@Suite("Rooms at the edge", .serialized)
struct RoomHashingTests {
    private static let rooms = (0..<40).map { "room-\($0)" }

    @Test("every order, encoding and default of a room's name leads to one node")
    func forms() async throws {
        let world = try await EdgeCluster()
        var nodes: Set<String> = []
        for number in 0..<12 {
            // The signs are those that clients encode differently.
            let (namespace, room) = ("team \(number)", "a b-\(number)é")
            let forms = [
                "?namespace=\(Self.encoded(namespace))&room=\(Self.encoded(room))",
                "?room=\(Self.encoded(room))&namespace=\(Self.encoded(namespace))",
                "?x=room&room=\(Self.encoded(room))&peerId=p&namespace=\(Self.encoded(namespace))&y",
                "?namespace=\(Self.everyByteEncoded(namespace))&room=\(Self.everyByteEncoded(room))",
                "?namespace=team+\(number)&room=a+b-\(number)%c3%a9",
            ]
            let first = try await world.node(query: forms[0])
            nodes.insert(first)
            for form in forms { #expect(try await world.node(query: form) == first, "\(form)") }
        }
        #expect(nodes.count > 1, "all rooms are on one node: nothing was hashed")

        let standard = try await world.node(query: "?namespace=global&room=public")
        for form in ["", "?", "?room=public", "?namespace=global", "?namespace=&room=", "?peerId=p&room="] {
            #expect(try await world.node(query: form) == standard, "\(form)")
        }
    }

    @Test("a registration goes to the node of the room that its body names")
    func bodies() async throws {
        let world = try await EdgeCluster()
        let path = "/rendezvous/register"
        for room in Self.rooms.prefix(12) + ["public"] {
            let node = try await world.node(query: "?room=\(room)")
            let bodies = [
                #"{"room":"\#(room)","peerId":"p","addresses":["/dns/x"]}"#,
                #"{ "addresses" : ["/dns/x"], "namespace" : "global", "peerId" : "p", "room" : "\#(room)" }"#,
                room == "public" ? #"{"peerId":"p","addresses":["/dns/x"]}"# : nil,
            ].compactMap { $0 }
            for body in bodies {
                let known = world.edge.servers(of: path).count
                #expect(try await TestHTTP.post(path, json: body, port: world.edge.port).status == 200, "\(body)")
                try await world.cluster.eventually("the edge has logged it") {
                    world.edge.servers(of: path).count > known
                }
                let server = try #require(world.edge.servers(of: path).last)
                #expect("node\(server.dropFirst())" == node, "\(body)")
            }
        }
    }

    @Test("a dead node moves only its own rooms, refuses none, and they return with it")
    func death() async throws {
        let world = try await EdgeCluster()
        let before = try await world.places(of: Self.rooms)
        #expect(Set(before.values).count == 3)
        let lost = world.cluster.nodes[1]
        lost.kill()
        // At once, before the edge has noticed: `node` throws unless the answer is 200.
        let meanwhile = try await world.places(of: Self.rooms)
        #expect(!meanwhile.values.contains(lost.name))
        try await world.cluster.eventually("the edge has noticed") { world.edge.log.contains("nodes/n2 is DOWN") }
        let after = try await world.places(of: Self.rooms)
        for (room, node) in before {
            #expect(node == lost.name ? after[room] != node : after[room] == node, "\(room) was on \(node)")
        }
        let back = try NodeProcess(
            lost.name,
            settings: [
                "PORT": "\(lost.port)", "REDIS_URL": world.cluster.redis.url, "TRUSTED_PROXY_CIDRS": "127.0.0.0/8",
            ])
        try await world.cluster.eventually("the rooms return", within: .seconds(10)) {
            try await world.places(of: Self.rooms) == before
        }
        back.kill()
    }

    @Test("draining a node cuts nobody, and brings no new socket to it")
    func drain() async throws {
        let world = try await EdgeCluster(settings: ["DRAIN_SECONDS": "20", "DRAIN_BALANCER_SECONDS": "15"])
        let node = try await world.node(query: "?room=r")
        let index = try #require(world.cluster.nodes.firstIndex { $0.name == node })
        let ann = try await TestPeer.connect(port: world.edge.port, room: "r", peerID: "ann")
        _ = try await ann.next(type: "welcome")
        world.cluster.nodes[index].terminate()
        try await world.cluster.eventually("new clients go elsewhere") {
            try await world.node(query: "?room=r") != node
        }
        // Three checks of a server that is down would have cut the socket by now.
        try await Task.sleep(for: .seconds(2))
        let bob = try await TestPeer.connect(port: world.edge.port, room: "r", peerID: "bob")
        _ = try await bob.next(type: "welcome")
        try await ann.send(#"{"type":"offer","sdp":"still here"}"#)
        #expect(try await bob.next(type: "offer").text.contains("still here"))
        try await bob.send(#"{"type":"answer","sdp":"so am I"}"#)
        #expect(try await ann.next(type: "answer").text.contains("so am I"))
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }

    private static func everyByteEncoded(_ text: String) -> String {
        text.utf8.map { String(format: "%%%02x", $0) }.joined()
    }
}
