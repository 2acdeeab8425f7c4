import Backplane
import Logging
import NIOCore
import NIOPosix
import RedisBackplane
import RedisWire
import SignalDomain
import SignalTestKit
import Testing

@Suite("The backplane on a replicated Redis")
struct TopologyTests {
    private func connect(_ address: RedisAddress) async throws -> RigNode {
        try await RigNode.connect(NodeInstance(bits: 1), on: MultiThreadedEventLoopGroup.singleton.next()) { loop in
            let settings = RedisBackplaneSettings(address: address)
            return RedisBackplane(settings: settings, on: loop, logger: Logger(label: "test"))
        }
    }

    @Test("all links move to the promoted replica: commands, heartbeats and the inbox work there")
    func failover() async throws {
        let redis = try await ReplicatedRedis()
        let node = try await connect(try RedisAddress(redis.url))
        let info = NodeInfo(name: "node", version: "1")
        guard case .registered = try await node.call(.register(node.node, info)) else { throw RigError.noLease }
        redis.primary.kill()
        let room = try RoomKey(namespace: "team", room: "r")
        let deadline = ContinuousClock.now + .seconds(30)
        while (try? await node.call(.register(node.node, info))) == nil {
            try #require(ContinuousClock.now < deadline, "the replica was never reached")
            try await Task.sleep(for: .milliseconds(20))
        }
        _ = try await node.join(room, "ann", member(node, 1))
        #expect(try redis.replica.command(["HLEN", "bs:1:{team::r}:m"]) == "1")
        _ = try await node.call(.heartbeat(node.node, sequence: 7))
        _ = try await node.next { $0 == .echo(sequence: 7) }
        await node.close()
    }

    @Test("a primary without enough replicas refuses, and serves again when they are back")
    func noReplicas() async throws {
        let server = try RedisServer(arguments: ["--min-replicas-to-write", "1"])
        let node = try await connect(try RedisAddress(server.url))
        let register = BackplaneCommand.register(node.node, NodeInfo(name: "node", version: "1"))
        await #expect(throws: BackplaneError.refused("noReplicas")) { try await node.call(register) }
        await #expect(throws: BackplaneError.refused("noReplicas")) {
            try await node.call(.heartbeat(node.node, sequence: 1))
        }
        try server.command(["CONFIG", "SET", "min-replicas-to-write", "0"])
        guard case .registered = try await node.call(register) else { throw RigError.noLease }
        await node.close()
    }
}
