import Foundation
import Testing

@testable import signal_load

@Suite("The activity of Redis")
struct RedisActivityTests {
    private static let commandStats = """
        # Commandstats\r
        cmdstat_publish:calls=7,usec=21,usec_per_call=3.00,rejected_calls=0,failed_calls=0\r
        cmdstat_script|load:calls=2,usec=9,usec_per_call=4.50\r
        cmdstat_zrangebyscore:calls=3,usec=9,usec_per_call=3.00\r
        cmdstat_info:calls=100,usec=1,usec_per_call=0.01\r
        """
    private static let cpu = "# CPU\r\nused_cpu_sys:0.250000\r\nused_cpu_user:1.000500\r\nused_cpu_sys_children:9.0\r\n"
    private static let stats = "# Stats\r\ntotal_net_input_bytes:1000\r\ntotal_net_output_bytes:234\r\n"

    @Test("is read from three sections of INFO, without INFO itself")
    func read() throws {
        let activity = try #require(
            RedisActivity(commandStats: Self.commandStats, cpu: Self.cpu, stats: Self.stats))
        #expect(activity.calls == ["publish": 7, "script|load": 2, "zrangebyscore": 3])
        #expect((activity.bytesIn, activity.bytesOut) == (1_000, 234))
        #expect(abs(activity.cpuMicros - 1_250_500) < 0.01)
        #expect(activity.heartbeats == 3)
    }

    @Test(
        "is nothing when a counter is missing", arguments: [(cpu, ""), ("", stats), (cpu, "total_net_input_bytes:x")])
    func missing(cpu: String, stats: String) {
        #expect(RedisActivity(commandStats: Self.commandStats, cpu: cpu, stats: stats) == nil)
    }

    @Test("between two readings is their difference; commands that nobody called are not in it")
    func difference() {
        let earlier = RedisActivity(calls: ["get": 2, "set": 1], bytesIn: 10, bytesOut: 20, cpuMicros: 5)
        let later = RedisActivity(calls: ["get": 2, "set": 4, "del": 1], bytesIn: 15, bytesOut: 20, cpuMicros: 7)
        #expect(
            later - earlier == RedisActivity(calls: ["set": 3, "del": 1], bytesIn: 5, bytesOut: 0, cpuMicros: 2))
    }

    @Test("of a real server is counted without the readings themselves")
    func probe() async throws {
        try await withRedis { port in
            var probe = try await ActivityProbe(port: port)
            let before = try await probe.read()
            let untouched = try await probe.read() - before
            #expect(untouched.calls.isEmpty && untouched.bytesIn == 0 && untouched.bytesOut == 0)
            let middle = try await probe.read()
            let commands = Array(repeating: ["PING"], count: 10)
            _ = try await signal_load.RedisServer.pipeline(commands, port: port)
            let used = try await probe.read() - middle
            #expect(used.calls == ["ping": 10])
            #expect(used.bytesIn == 10 * "*1\r\n$4\r\nPING\r\n".utf8.count)
            #expect(used.bytesOut == 10 * "+PONG\r\n".utf8.count)
            #expect(try await ActivityProbe.version(port: port).contains("."))
        }
    }

    private func withRedis(_ body: (Int) async throws -> Void) async throws {
        let directory = NSTemporaryDirectory() + "cost-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var ports = FreePorts()
        let server = try await signal_load.RedisServer("redis", port: try await ports.next(), directory: directory)
        do {
            try await body(server.port)
        } catch {
            try await server.kill()
            throw error
        }
        try await server.kill()
    }
}
