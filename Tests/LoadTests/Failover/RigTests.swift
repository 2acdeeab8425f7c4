import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import signal_load

@Suite("The rig", .serialized)
struct RigTests {
    /// A directory and a Redis in it, both gone afterwards.
    private func withRedis(_ body: (inout signal_load.RedisServer, String) async throws -> Void) async throws {
        let directory = NSTemporaryDirectory() + "rig-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var ports = FreePorts()
        var server = try await signal_load.RedisServer("redis", port: try await ports.next(), directory: directory)
        do {
            try await body(&server, directory)
        } catch {
            try await server.kill()
            throw error
        }
        try await server.kill()
    }

    @Test("starts Redis again on its port, empty")
    func restart() async throws {
        try await withRedis { server, _ in
            try await server.command("SET", "k", "v")
            #expect(try await server.command("GET", "k") == .text("v"))
            try await server.kill()
            #expect(await !signal_load.RedisServer.answers(port: server.port))
            try await server.startAgain()
            #expect(try await server.command("GET", "k") == .null)
        }
    }

    @Test("makes Redis refuse new connections for a while")
    func refusal() async throws {
        try await withRedis { server, _ in
            let (port, refusing) = (server.port, server)
            async let refused: Void = refusing.refuse(for: .seconds(1))
            try await until("Redis refuses", within: .seconds(1), every: .milliseconds(10)) {
                await !signal_load.RedisServer.answers(port: port)
            }
            try await refused
            #expect(await signal_load.RedisServer.answers(port: port))
        }
    }

    @Test("cuts the wire to Redis in two ways, and mends it")
    func wire() async throws {
        try await withRedis { server, _ in
            var ports = FreePorts()
            let loop = MultiThreadedEventLoopGroup.singleton.any()
            let wire = try await PartitionProxy(port: try await ports.next(), upstream: server.port, on: loop)
            let port = wire.port
            func ping(within limit: TimeAmount) async -> RedisValue? {
                try? await signal_load.RedisServer.pipeline([["PING"]], port: port, within: limit).first
            }
            #expect(await ping(within: .seconds(2)) == .text("PONG"))

            try await wire.blackhole()
            async let late = ping(within: .seconds(5))
            #expect(await ping(within: .milliseconds(200)) == nil)
            try await wire.forward()
            #expect(await late == .text("PONG"), "what waited arrives when the wire is mended")

            try await wire.reset()
            await #expect(throws: (any Error).self) {
                try await signal_load.RedisServer.pipeline([["PING"]], port: port)
            }
            try await wire.forward()
            #expect(await ping(within: .seconds(2)) == .text("PONG"))
            try await wire.reset()
        }
    }

    @Test("delivers what it held back in the order of its sending, although the senders are gone")
    func held() async throws {
        try await withRedis { server, _ in
            var ports = FreePorts()
            let loop = MultiThreadedEventLoopGroup.singleton.any()
            let wire = try await PartitionProxy(port: try await ports.next(), upstream: server.port, on: loop)
            try await wire.blackhole()
            for value in ["a", "b", "c"] {
                _ = try? await signal_load.RedisServer.pipeline(
                    [["RPUSH", "k", value]], port: wire.port, within: .milliseconds(150))
            }
            #expect(try await server.command("LLEN", "k") == .integer(0))
            try await wire.forward()
            try await until("everything has arrived", within: .seconds(2)) {
                try await server.command("LLEN", "k") == .integer(3)
            }
            #expect(try await server.command("LRANGE", "k", "0", "-1") == .array([.text("a"), .text("b"), .text("c")]))
            try await wire.reset()
        }
    }

    @Test("makes the wire to Redis slow in both directions")
    func slow() async throws {
        try await withRedis { server, _ in
            var ports = FreePorts()
            let loop = MultiThreadedEventLoopGroup.singleton.any()
            let wire = try await PartitionProxy(port: try await ports.next(), upstream: server.port, on: loop)
            try await wire.slow(by: .milliseconds(100))
            let began = ContinuousClock.now
            #expect(try await signal_load.RedisServer.pipeline([["PING"]], port: wire.port) == [.text("PONG")])
            #expect(ContinuousClock.now - began >= .milliseconds(200))
            try await wire.reset()
        }
    }

    @Test("finds the instances of nodes and the one that reaped another")
    func leases() async throws {
        try await withRedis { server, _ in
            try await server.command("ZADD", "bs:1:{nodes}:live", "10", "i1", "30", "i3", "20", "i2")
            try await server.command(
                "HSET", "bs:1:{nodes}:info", "i1", "n1|1.0", "i2", "n2|1.0", "i3", "n3|1.0", "i0", "n1|1.0")
            let leases = Leases(redis: server.address)
            #expect(try await leases.instances() == ["n1": "i1", "n2": "i2", "n3": "i3"])
            #expect(try await leases.reaper(of: "i1", within: .milliseconds(50)) == nil)
            async let reaper = leases.reaper(of: "i1", within: .seconds(5))
            try await server.command("ZADD", "bs:1:{nodes}:live", "40", "i2")
            try await server.command("ZREM", "bs:1:{nodes}:live", "i1")
            #expect(try await reaper == "i2")
        }
    }

    @Test("ends an open connection with a reset")
    func reset() async throws {
        try await withRedis { server, _ in
            var ports = FreePorts()
            let loop = MultiThreadedEventLoopGroup.singleton.any()
            let wire = try await PartitionProxy(port: try await ports.next(), upstream: server.port, on: loop)
            let port = wire.port
            async let blocked = signal_load.RedisServer.pipeline([["BLPOP", "k", "4"]], port: port)
            try await until("the command waits", within: .seconds(2)) {
                let clients = try await server.command("INFO", "clients")
                return clients.string?.contains("blocked_clients:1") == true
            }
            try await wire.reset()
            do {
                Issue.record("the command was answered: \(try await blocked)")
            } catch {
                #expect((error as? IOError)?.errnoCode == ECONNRESET, "\(error)")
            }
        }
    }

    @Test("ends its processes, stopped ones too, and finds out that one has ended")
    func processes() async throws {
        let sleeper = try await ManagedProcess("sleeper", ["sleep", "60"], log: "/dev/null")
        sleeper.signal(SIGSTOP)
        #expect(sleeper.isRunning)
        sleeper.signal(SIGKILL)
        #expect(try await sleeper.ended(within: .seconds(5)))
        await #expect(throws: (any Error).self) {
            let none = try await ManagedProcess("none", ["/no/such/program"], log: "/dev/null")
            guard try await !none.ended(within: .seconds(5)) else { throw RigFailure("it ended at once") }
        }
    }

    @Test("logs in where Redis has a password, and says when it is refused")
    func password() async throws {
        try await withRedis { server, _ in
            try await server.command("CONFIG", "SET", "requirepass", "secret")
            let address = RedisAddress(port: server.port, password: "secret")
            #expect(try await address.pipeline([["SET", "k", "v"], ["GET", "k"]]) == [.text("OK"), .text("v")])
            #expect(await address.answers())
            await #expect(throws: RigFailure.self) {
                try await RedisAddress(port: server.port, password: "other").pipeline([["GET", "k"]])
            }
            #expect(await !server.address.answers())
        }
    }

    @Test("does at the end what else was asked for, when no process runs any more")
    func ends() async throws {
        let ledger = ProcessLedger()
        let sleeper = try await ManagedProcess("sleeper", ["sleep", "60"], log: "/dev/null")
        ledger.add(sleeper)
        let seen = Mutex<[Bool]>([])
        ledger.addEnd { seen.withLock { $0.append(sleeper.isRunning) } }
        ledger.endAll()
        ledger.endAll()
        #expect(seen.withLock { $0 } == [false])
    }

    @Test("reads what a node has used, and nothing when a value is missing")
    func usage() throws {
        let text = """
            # HELP process_resident_memory_bytes Resident memory in bytes.
            process_resident_memory_bytes 4096
            process_cpu_seconds_total 1.25
            bs_cluster_refences_total 2

            """
        let usage = try #require(NodeUsage(metrics: text[...]))
        #expect(usage.residentBytes == 4_096 && usage.cpuMicros == 1_250_000 && usage.refences == 2)
        #expect(NodeUsage(metrics: text.dropLast(30)) == nil)
    }

    @Test("reads every RESP reply however the bytes are cut")
    func replies() throws {
        let text = "*4\r\n$2\r\nab\r\n:-7\r\n$-1\r\n*2\r\n+OK\r\n-ERR no\r\n"
        let bytes = Array(text.utf8)
        let expected = RedisValue.array([
            .text("ab"), .integer(-7), .null, .array([.text("OK"), .error("ERR no")]),
        ])
        for cut in 0..<bytes.count {
            var buffer = ByteBuffer(bytes: bytes[..<cut])
            let early = try buffer.readRedisValue()
            #expect(early == nil)
            buffer.writeBytes(bytes[cut...])
            let whole = try buffer.readRedisValue()
            #expect(whole == expected)
            #expect(buffer.readableBytes == 0)
        }
        for broken in ["?\r\n", "$x\r\n", "*99999999\r\n", String(repeating: "*1\r\n", count: 10)] {
            var buffer = ByteBuffer(string: broken)
            #expect(throws: RedisReplyError.self) { try buffer.readRedisValue() }
        }
    }

    @Test("fails over to a replica that Sentinel promotes, and becomes redundant again")
    func sentinels() async throws {
        let directory = NSTemporaryDirectory() + "rig-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer {
            ProcessLedger.shared.endAll()
            try? FileManager.default.removeItem(atPath: directory)
        }
        var ports = FreePorts()
        var group = try await SentinelGroup(directory: directory, ports: &ports)
        let before = try await group.primary()
        let lost = try await group.killPrimary()
        #expect(lost == before)
        try await group.awaitFailover(from: lost, within: .seconds(20))
        try await group.restart(lost)
        #expect(try await group.primary() != before)
    }
}
