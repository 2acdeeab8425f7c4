import NIOCore
import Testing

@testable import signal_load

@Suite("Redis' statistics")
struct RedisStatisticsTests {
    @Test("count others' commands and bytes exactly, and not their own")
    func exact() async throws {
        try await RedisServer.running { redis in
            let statistics = try await redis.statistics()
            let before = try await statistics.counters()
            #expect(try await statistics.counters() == before)
            try await redis.ping(10)
            let after = try await statistics.counters()
            #expect(after.commands - before.commands == 10)
            #expect(after.bytes - before.bytes == 10 * ("PING\r\n".utf8.count + RedisServer.pong.utf8.count))
        }
    }

    @Test("sum the calls of all commands but INFO")
    func parse() {
        let counters = RedisCounters(
            commandStats: """
                # Commandstats\r
                cmdstat_publish:calls=7,usec=21,usec_per_call=3.00,rejected_calls=0,failed_calls=0\r
                cmdstat_config|get:calls=2,usec=9,usec_per_call=4.50\r
                cmdstat_info:calls=100,usec=1,usec_per_call=0.01\r
                """,
            stats: "# Stats\r\ntotal_net_input_bytes:1000\r\ntotal_net_output_bytes:234\r\n")
        #expect(counters == RedisCounters(commands: 9, bytes: 1_234))
        #expect(RedisCounters(commandStats: "", stats: "total_net_input_bytes:1\r\n") == nil)
    }

    @Test("read replies however the bytes are cut")
    func replies() throws {
        let whole = "$10\r\nab\r\ncd\r\nef\r\n-NOAUTH Authentication required.\r\n"
        for cut in 0...whole.utf8.count {
            var buffer = ByteBuffer()
            var replies: [RedisReply] = []
            for part in [whole.utf8.prefix(cut), whole.utf8.dropFirst(cut)] {
                buffer.writeBytes(part)
                while let reply = try buffer.readRedisReply() { replies.append(reply) }
            }
            #expect(replies == [.bulk("ab\r\ncd\r\nef"), .error("NOAUTH Authentication required.")], "cut at \(cut)")
        }
    }

    @Test(
        "refuse replies that INFO cannot have", arguments: [":1\r\n", "$-1\r\n", "$99999999999999999999\r\n", "*1\r\n"])
    func strange(text: String) {
        var buffer = ByteBuffer(string: text)
        #expect(throws: RedisReplyError.self) { try buffer.readRedisReply() }
    }
}
