import Foundation
import SignalTestKit
import Testing

/// Addresses that an operator keeps out hold on every node within a second (security.md §2).
@Suite("Blocks over three nodes", .serialized)
struct BlockClusterTests {
    static let soon = Duration.seconds(1)
    /// Clients are whom `X-Forwarded-For` names; the operator comes from this machine.
    static let settings = Operator.settings.merging(["TRUSTED_PROXY_CIDRS": "127.0.0.0/8"]) { $1 }

    /// The connection ends with its answer.
    static let closing = [("Connection", "close")]

    private func from(_ client: String) -> [(String, String)] { [("X-Forwarded-For", client)] }

    private func peer(_ name: String, from client: String, at node: NodeProcess) async throws -> TestPeer {
        let peer = try await TestPeer.connect(port: node.port, room: "r", peerID: name, headers: from(client))
        _ = try await peer.next(type: "welcome")
        return peer
    }

    private func status(_ client: String, at node: NodeProcess, _ path: String = "/bootstrap") async throws -> Int {
        try await TestHTTP.get(path, port: node.port, headers: from(client)).status
    }

    private func blocks(_ admin: Operator) async throws -> [String] {
        let rows = try await admin.get("/admin/blocks").object["blocks"] as? [[String: Any]] ?? []
        return rows.map { row in row["cidr"] as? String ?? "asn:\(row["asn"] as? Int ?? 0)" }
    }

    @Test("a block closes the sockets and watches of its addresses on every node, refuses new ones, spares the rest")
    func block() async throws {
        let cluster = try await Cluster(nodes: 3, settings: Self.settings)
        let admin = Operator(port: cluster.nodes[0].port)
        let bad = try await peer("bad", from: "203.0.113.7", at: cluster.nodes[1])
        let reliable = ReliablePeer("reliable")
        try await reliable.open(
            port: cluster.nodes[0].port, headers: [ReliablePeer.subprotocol] + from("203.0.113.10"))
        try await reliable.send(reliable.hello())
        _ = try await reliable.next("welcome")
        let good = try await peer("good", from: "203.0.114.7", at: cluster.nodes[1])
        let watch = try await TestEvents.open(
            "/rendezvous/watch?room=r", port: cluster.nodes[2].port, headers: from("203.0.113.8") + Self.closing)
        let spared = try await TestEvents.open(
            "/rendezvous/watch?room=r", port: cluster.nodes[2].port, headers: from("203.0.114.8") + Self.closing)
        let console = try await TestEvents.open(
            "/admin/events", port: cluster.nodes[2].port, headers: admin.headers + from("203.0.113.9") + Self.closing)
        let answer = try await admin.post("/admin/blocks", #"{"cidr":"203.0.113.0/24","reason":"flood"}"#)
        #expect(answer.status == 202 && answer.object["applied"] as? Int == 1, "\(answer.body)")
        #expect(try await bad.expectClose(timeout: Self.soon).code == 4403)
        #expect(try await reliable.expectClose(timeout: Self.soon).code == 4403)
        #expect(try await watch.ends(within: Self.soon))
        #expect(try await console.ends(within: Self.soon))
        for node in cluster.nodes {
            try await cluster.eventually("\(node.name) refuses", within: Self.soon) {
                try await status("203.0.113.200", at: node) == 403
            }
            for path in ["/health", "/rendezvous/discover?room=r", "/rendezvous/watch?room=r", "/admin/blocks"] {
                #expect(try await status("203.0.113.7", at: node, path) == 403, "\(path)")
            }
            let refused = await #expect(throws: TestPeer.Refused.self) {
                try await peer("late", from: "203.0.113.7", at: node)
            }
            #expect(refused?.answer.status == 403 && refused?.answer.code == "blocked")
            #expect(try await status("203.0.114.7", at: node) == 200)
            let metrics = try await TestHTTP.get("/metrics", port: node.port).body
            #expect(metrics.contains("\nbs_blocked_total ") && !metrics.contains("\nbs_blocked_total 0"))
        }
        try await good.send(#"{"type":"ping"}"#)
        _ = try await good.next(type: "pong")
        #expect(try await !spared.ends(within: .milliseconds(50)))
        let row = try #require(
            try await Operator(port: cluster.nodes[2].port).get("/admin/blocks").object["blocks"] as? [[String: Any]]
        ).first
        #expect(row?["cidr"] as? String == "203.0.113.0/24" && row?["reason"] as? String == "flood")
        #expect(row?["sinceMs"] is Int && row?["untilMs"] == nil)

        let other = Operator(port: cluster.nodes[1].port)
        #expect(try await other.delete("/admin/blocks?cidr=203.0.113.0%2F24").status == 202)
        for node in cluster.nodes {
            try await cluster.eventually("\(node.name) lets them in", within: Self.soon) {
                try await status("203.0.113.7", at: node) == 200
            }
        }
        #expect(try await blocks(admin).isEmpty)
        #expect(try await other.delete("/admin/blocks?cidr=203.0.113.0%2F24").code == "block_unknown")
    }

    @Test("a block with an end runs out by itself, on every node")
    func runsOut() async throws {
        let cluster = try await Cluster(nodes: 3, settings: Self.settings)
        let admin = Operator(port: cluster.nodes[0].port)
        let now = Int(Date().timeIntervalSince1970 * 1_000)
        #expect(try await admin.post("/admin/blocks", #"{"ip":"2001:db8::7","expiresInMs":1500}"#).status == 202)
        #expect(try await admin.post("/admin/blocks", #"{"ip":"192.0.2.7","untilMs":\#(now + 1_500)}"#).status == 202)
        #expect(try await blocks(admin) == ["192.0.2.7/32", "2001:db8::7/128"])
        for node in cluster.nodes {
            for client in ["2001:db8::7", "192.0.2.7"] {
                try await cluster.eventually("\(client) is free at \(node.name)") {
                    try await status(client, at: node) == 200
                }
                #expect(Int(Date().timeIntervalSince1970 * 1_000) >= now + 1_500, "not before its end")
            }
        }
        #expect(try await blocks(admin).isEmpty)
    }

    @Test("a block survives the restart of every node, and the loss of all data in Redis")
    func survival() async throws {
        let redis = try RedisServer()
        let settings = Self.settings.merging(["REDIS_URL": redis.url]) { $1 }
        var nodes = try await start(settings)
        _ = try await Operator(port: nodes[0].port).post("/admin/blocks", #"{"ip":"203.0.113.7"}"#)
        try await everybodyRefuses(nodes)
        for node in nodes { node.kill() }
        nodes = try await start(settings)
        try await everybodyRefuses(nodes)
        _ = try redis.command(["FLUSHALL"])
        try await eventually("Redis hears of the block again") {
            try redis.command(["HGETALL", "bs:1:{bans}"]).contains("block|cidr:203.0.113.7")
        }
        try await everybodyRefuses(nodes)
        for node in nodes { node.kill() }
        nodes = try await start(settings)
        try await everybodyRefuses(nodes)
        for node in nodes { #expect(try await status("203.0.113.8", at: node) == 200) }
    }

    @Test("every shard keeps a block: it survives the loss of one together with the restart of every node")
    func shards() async throws {
        let shards = [try RedisServer(), try RedisServer()]
        let settings = Self.settings.merging(["REDIS_URLS": "a=\(shards[0].url);b=\(shards[1].url)"]) { $1 }
        var nodes = try await start(settings)
        _ = try await Operator(port: nodes[0].port).post("/admin/blocks", #"{"ip":"203.0.113.7"}"#)
        try await everybodyRefuses(nodes)
        for node in nodes { node.kill() }
        _ = try shards[0].command(["FLUSHALL"])
        nodes = try await start(settings)
        try await everybodyRefuses(nodes)
        try await eventually("the other shard hears of it") {
            try shards[0].command(["HGETALL", "bs:1:{bans}"]).contains("block|cidr:203.0.113.7")
        }
    }

    @Test("a network is blocked by its number where a table says whose an address is, and nowhere else")
    func network() async throws {
        let table = FileManager.default.temporaryDirectory.appending(path: "table-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: table) }
        try Data("198.51.100.0/24\t64496\n192.0.2.0/24\t64497\n".utf8).write(to: table)
        let cluster = try await Cluster(
            nodes: 2, settings: Self.settings.merging(["ASN_TABLE_FILE": table.path()]) { $1 })
        let admin = Operator(port: cluster.nodes[0].port)
        #expect(try await admin.post("/admin/blocks", #"{"asn":64496}"#).status == 202)
        for node in cluster.nodes {
            try await cluster.eventually("\(node.name) refuses", within: Self.soon) {
                try await status("198.51.100.9", at: node) == 403
            }
            #expect(try await status("192.0.2.9", at: node) == 200)
        }
        let own = try await TestHTTP.post(
            "/admin/blocks", json: #"{"asn":64497}"#, port: admin.port, headers: admin.headers + from("192.0.2.1"))
        #expect(own.code == "block_hits_own")
        #expect(try await blocks(admin) == ["asn:64496"])
        #expect(try await admin.delete("/admin/blocks?asn=64496").status == 202)
        #expect(try await status("198.51.100.9", at: cluster.nodes[0]) == 200)
        let bare = try await Cluster(nodes: 1, settings: Self.settings)
        #expect(
            try await Operator(port: bare.nodes[0].port).post("/admin/blocks", #"{"asn":64496}"#).code
                == "asn_table_missing")
    }

    @Test("a block that is malformed, too wide, one too many or against the operator is refused, and changes nothing")
    func refusals() async throws {
        let cluster = try await Cluster(
            nodes: 1, settings: Self.settings.merging(["MAX_CLUSTER_BLOCKS": "2"]) { $1 })
        let admin = Operator(port: cluster.nodes[0].port)
        for (body, status, code) in [
            ("{}", 400, "invalid_block"), (#"{"cidr":"192.0.2.0/33"}"#, 400, "invalid_block"),
            (#"{"cidr":"everybody"}"#, 400, "invalid_block"), (#"{"ip":"192.0.2.0/24"}"#, 400, "invalid_block"),
            (#"{"ip":"192.0.2.7:80"}"#, 400, "invalid_block"), (#"{"asn":0}"#, 400, "invalid_block"),
            (#"{"asn":1.5}"#, 400, "invalid_block"), (#"{"asn":4294967296}"#, 400, "invalid_block"),
            (#"{"ip":"192.0.2.7","cidr":"192.0.2.0/24"}"#, 400, "invalid_block"),
            (#"{"ip":7}"#, 400, "bad_request"), (#"{"ip":"192.0.2.7","force":"yes"}"#, 400, "bad_request"),
            (#"{"ip":"192.0.2.7","untilMs":1}"#, 400, "invalid_time"),
            (#"{"ip":"192.0.2.7","untilMs":1e300}"#, 400, "invalid_time"),
            (#"{"ip":"192.0.2.7","expiresInMs":0}"#, 400, "invalid_time"),
            (#"{"ip":"192.0.2.7","expiresInMs":1e300}"#, 400, "invalid_time"),
            (#"{"ip":"192.0.2.7","expiresInMs":5000,"untilMs":9000000000000}"#, 400, "invalid_time"),
            (#"{"ip":"192.0.2.7","reason":"\#(String(repeating: "x", count: 257))"}"#, 400, "reason_too_long"),
            (#"{"cidr":"0.0.0.0/0"}"#, 400, "block_too_wide"), (#"{"cidr":"192.0.0.0/7"}"#, 400, "block_too_wide"),
            (#"{"cidr":"::/0"}"#, 400, "block_too_wide"), (#"{"cidr":"2001::/15"}"#, 400, "block_too_wide"),
            (#"{"ip":"127.0.0.1"}"#, 409, "block_hits_own"), (#"{"ip":"::1"}"#, 409, "block_hits_own"),
            (#"{"ip":"::ffff:127.9.9.9"}"#, 409, "block_hits_own"),
        ] {
            let answer = try await admin.post("/admin/blocks", body)
            #expect(answer.status == status && answer.code == code, "\(body): \(answer.body)")
        }
        for query in ["", "?cidr=x", "?asn=x", "?ip=192.0.2.0%2F24"] {
            #expect(try await admin.delete("/admin/blocks" + query).code == "invalid_block", "\(query)")
        }
        let caller = try await TestHTTP.post(
            "/admin/blocks", json: #"{"cidr":"198.51.100.0/24"}"#, port: admin.port,
            headers: admin.headers + from("198.51.100.1"))
        #expect(caller.status == 409 && caller.code == "block_hits_own")
        #expect(try await blocks(admin).isEmpty)

        let user = Operator(port: admin.port, token: try admin.roomToken(#"["join","moderate","delete"]"#))
        #expect(try await user.get("/admin/blocks").status == 403)
        #expect(try await user.post("/admin/blocks", #"{"ip":"192.0.2.7"}"#).status == 403)
        #expect(try await user.delete("/admin/blocks?ip=192.0.2.7").status == 403)
        #expect(try await TestHTTP.post("/admin/blocks", json: "{}", port: admin.port).status == 401)

        for ip in ["192.0.2.7", "192.0.2.8"] {
            #expect(try await admin.post("/admin/blocks", #"{"ip":"\#(ip)"}"#).status == 202)
        }
        #expect(try await admin.post("/admin/blocks", #"{"ip":"192.0.2.9"}"#).code == "too_many_blocks")
        #expect(try await admin.post("/admin/blocks", #"{"ip":"192.0.2.8","reason":"again"}"#).status == 202)
        #expect(try await admin.delete("/admin/blocks?ip=192.0.2.8").status == 202)
        let forced = try await TestHTTP.post(
            "/admin/blocks", json: #"{"ip":"198.51.100.1","force":true}"#, port: admin.port,
            headers: admin.headers + from("198.51.100.1"))
        #expect(forced.status == 202)
        #expect(try await status("198.51.100.1", at: cluster.nodes[0], "/admin/blocks") == 403)
    }

    @Test("blocks are audited, tried ones too, and of an address only its network is kept for good")
    func audited() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "audit-\(UUID().uuidString).jsonl")
        defer { try? FileManager.default.removeItem(at: file) }
        let cluster = try await Cluster(
            nodes: 1, settings: Self.settings.merging(["AUDIT_LOG": file.path()]) { $1 })
        let admin = Operator(port: cluster.nodes[0].port)
        _ = try await admin.post("/admin/blocks", #"{"ip":"203.0.113.77","expiresInMs":60000,"reason":"flood"}"#)
        _ = try await admin.post("/admin/blocks", #"{"cidr":"2001:db8:5:6::/64"}"#)
        _ = try await admin.post("/admin/blocks", #"{"cidr":"0.0.0.0/0"}"#)
        _ = try await admin.delete("/admin/blocks?ip=203.0.113.77")
        var lines: [String] = []
        try await eventually("four lines") {
            lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init).filter {
                $0.contains(#""action":"block."#)
            }
            return lines.count == 4
        }
        #expect(lines[0].contains(#""action":"block.added""#) && lines[0].contains(#""actor":"operator""#))
        #expect(lines[0].contains(#""target":"cidr:203.0.113.0/24""#) && lines[0].contains("/32; for 60000 ms; flood"))
        #expect(lines[1].contains(#""target":"cidr:2001:db8:5::/48""#) && lines[1].contains("/64"))
        #expect(lines[2].contains(#""target":"cidr:0.0.0.0/0""#) && lines[2].contains("block_too_wide"))
        #expect(lines[3].contains(#""action":"block.removed""#))
        for line in lines { #expect(!line.contains("203.0.113.77") && !line.contains("2001:db8:5:6")) }
    }

    private func start(_ settings: [String: String]) async throws -> [NodeProcess] {
        let nodes = try (0..<3).map { try NodeProcess("node\($0)", settings: settings) }
        for node in nodes {
            try await eventually("\(node.name) is ready") {
                try await TestHTTP.get("/readyz", port: node.port).status == 200
            }
        }
        return nodes
    }

    private func everybodyRefuses(_ nodes: [NodeProcess]) async throws {
        for node in nodes {
            try await eventually("\(node.name) refuses") { try await status("203.0.113.7", at: node) == 403 }
        }
    }

    private func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            if (try? await condition()) == true { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Cluster.Never(description: "never: \(what)")
    }
}
