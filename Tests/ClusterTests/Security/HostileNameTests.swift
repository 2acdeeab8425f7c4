import Foundation
import SignalDomain
import SignalTestKit
import Testing

/// Names that mean something to Redis, to Lua, to logs or to other rooms mean nothing but themselves (rows 6 and 17).
@Suite("Hostile names and words")
struct HostileNameTests {
    @Test("names full of Redis' own characters stay in their keys, and no room hears another one")
    func redis() async throws {
        let cluster = try await Cluster(nodes: 2)
        let names = ["{a}", "a*", "a;FLUSHALL", "bs:{x}:y", "a b", "%7B", "\"'\\", "a::b", "ü🙂", "$(x)", "KEYS[1]"]
        for (number, name) in names.enumerated() {
            let ann = try await TestPeer.connect(
                port: cluster.nodes[0].port, namespace: name, room: name, peerID: "ann")
            let bob = try await TestPeer.connect(
                port: cluster.nodes[1].port, namespace: name, room: name, peerID: "bob")
            _ = try await (ann.next(type: "welcome"), bob.next(type: "welcome"))
            let word = try #require(name.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
            try await cluster.eventually("ann's node knows bob in \(name)") {
                let path = "/bootstrap?namespace=\(word)&room=\(word)"
                return try await TestHTTP.get(path, port: cluster.nodes[0].port).body.contains(#""peers":2,"#)
            }
            try await ann.send(#"{"type":"n","n":\#(number)}"#)
            let heard = try await bob.next(type: "n")
            #expect(heard.number("n") == number)
            #expect(heard["room"] == name)
            #expect(bob.waiting.isEmpty)
        }
        let keys = try cluster.redis.command(["KEYS", "*"]).split(separator: "\n")
        #expect(keys.count > names.count)
        #expect(keys.allSatisfy { $0.hasPrefix("bs:") }, "\(keys.filter { !$0.hasPrefix("bs:") })")
    }

    @Test("names with line ends and controls are refused with 400 before anything is stored")
    func controls() async throws {
        let node = try NodeProcess("n1")
        for name in ["a%0D%0ASET%20x%20y", "a%00b", "%1B[2J", "a%E2%80%AEb", "a%C2%85b"] {
            for query in [("namespace", name), ("room", name)] {
                do {
                    _ = try await TestPeer.connect(port: node.port, query: [query])
                    Issue.record("\(name) was let in")
                } catch let refused as TestPeer.Refused {
                    #expect(refused.status == 400, "\(name)")
                }
                let path = "/bootstrap?\(query.0)=\(query.1)"
                #expect(try await TestHTTP.get(path, port: node.port).status == 400, "\(name)")
            }
        }
        #expect(!node.log.utf8.contains { $0 < 0x20 && $0 != 0x0A })
    }

    @Test("no reserved word, however it is written, reaches another peer in either dialect", arguments: 0..<3)
    func reserved(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let node = try NodeProcess("n1")
        let ann = try await TestPeer.connect(port: node.port, room: "r", peerID: "ann")
        let bob = try await TestPeer.connect(port: node.port, room: "r", peerID: "bob")
        let cid = ReliablePeer("cid")
        try await cid.connect(port: node.port)
        _ = try await (ann.next(type: "welcome"), bob.next(type: "welcome"))
        var sent = 0
        for word in ReservedType.allCases.map(\.rawValue) {
            for _ in 0..<10 {
                // Any characters of the word, and of the name `type`, as escapes; members before and behind it.
                let message =
                    #"{"a":1,"\#(Self.escaped("type", &random))":"\#(Self.escaped(word, &random))","peerId":"bob"}"#
                try await ann.send(message)
                try await cid.send(message)
                sent += 1
            }
        }
        for _ in 0..<sent {
            #expect(try await ann.next(type: "error")["code"] == "reserved_type", "seed \(seed)")
            #expect(try await cid.next("error")["code"] == "reserved_type", "seed \(seed)")
        }
        try await ann.send(#"{"type":"end"}"#)
        #expect(try await bob.next().type == "end", "seed \(seed)")
        #expect(bob.waiting.isEmpty, "seed \(seed)")
    }

    private static func escaped(_ text: String, _ random: inout SeededGenerator) -> String {
        text.utf8.map { byte in
            guard Bool.random(using: &random) else { return String(UnicodeScalar(byte)) }
            let hex = String(byte, radix: 16, uppercase: Bool.random(using: &random))
            return "\\u00" + hex
        }.joined()
    }
}
