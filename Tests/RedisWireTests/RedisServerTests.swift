import Foundation
import SignalTestKit
import Testing

@Suite("Redis server of the test kit")
struct RedisServerTests {
    @Test("it answers commands, with a password too")
    func commands() throws {
        let server = try RedisServer(password: "pw")
        #expect(try server.command(["SET", "a", "1"]) == "OK")
        #expect(try server.command(["MGET", "a", "b"]) == "1\n(nil)")
        #expect(throws: RedisServer.Failure.self) { try server.command(["NONSENSE"]) }
        #expect(server.url == "redis://:pw@127.0.0.1:\(server.port)")
    }

    @Test("a restarted server is empty and keeps its port")
    func restart() throws {
        let server = try RedisServer()
        try server.command(["SET", "a", "1"])
        try server.restart()
        #expect(try server.command(["EXISTS", "a"]) == "0")
    }

    @Test("a stopped or killed server refuses connections", arguments: [true, false])
    func end(gently: Bool) throws {
        let server = try RedisServer()
        if gently {
            server.suspend()
            server.stop()
        } else {
            server.kill()
        }
        #expect(throws: RedisServer.Failure.self) { try server.command(["PING"]) }
    }

    @Test("its process and directory go with it")
    func cleanUp() throws {
        var server: RedisServer? = try RedisServer()
        let directory = try #require(server?.directory)
        let url = try #require(server?.command(["INFO", "server"]).firstMatch(of: /process_id:(\d+)/)?.output.1)
        server = nil
        #expect(!FileManager.default.fileExists(atPath: directory.path()))
        #expect(!FileManager.default.fileExists(atPath: "/proc/\(url)"))
    }
}
