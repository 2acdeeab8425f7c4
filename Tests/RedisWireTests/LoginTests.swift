import RedisWire
import SignalTestKit
import Testing

@Suite("Login")
struct LoginTests {
    @Test("the password of the URL opens the server")
    func password() async throws {
        let server = try RedisServer(password: "s3cret:@/")
        try await CommandProbe.run("redis://:s3cret%3A%40%2F@127.0.0.1:\(server.port)") { probe in
            try await probe.untilUp()
            #expect(await probe.send(RedisCommand("ACL", ["WHOAMI"])).string == "default")
        }
    }

    @Test("an ACL user logs in by name")
    func user() async throws {
        let server = try RedisServer()
        try server.command(["ACL", "SETUSER", "ann", "on", ">pw", "~bs:*", "&bs:*", "+@all"])
        try await CommandProbe.run("redis://ann:pw@127.0.0.1:\(server.port)") { probe in
            try await probe.untilUp()
            #expect(await probe.send(RedisCommand("ACL", ["WHOAMI"])).string == "ann")
            #expect(await probe.send(RedisCommand("GET", ["other"])).serverErrorCode == .noPermission)
            #expect(try await probe.generation == 1)
        }
    }

    @Test(
        "a wrong or missing password keeps the link down with a typed error",
        arguments: [(":wrong@", RedisServerError.Code.wrongPass), ("", .noAuth), ("nobody:x@", .wrongPass)])
    func refused(login: String, code: RedisServerError.Code) async throws {
        let server = try RedisServer(password: "right")
        try await CommandProbe.run("redis://\(login)127.0.0.1:\(server.port)") { probe in
            try await eventually("the refusal is reported") { probe.states.last?.serverErrorCode == code }
            #expect(await probe.send(RedisCommand("PING")) == .failure(.notConnected))
            #expect(try await probe.generation == 0)
        }
    }

    @Test("the link comes up when the password becomes right")
    func corrected() async throws {
        let server = try RedisServer()
        try server.command(["ACL", "SETUSER", "ann", "on", ">old", "~*", "+@all"])
        try await CommandProbe.run("redis://ann:new@127.0.0.1:\(server.port)") { probe in
            try await eventually("the refusal is reported") { probe.states.last?.serverErrorCode == .wrongPass }
            try server.command(["ACL", "SETUSER", "ann", ">new"])
            try await probe.untilUp()
        }
    }

    @Test(
        "a server that is not ready is reported by its error and tried again",
        arguments: [
            RedisServerError.Code.loading, .noAuth, .wrongPass, .noPermission, .readOnly, .masterDown, .busy,
        ])
    func notReady(code: RedisServerError.Code) async throws {
        try await ScriptedServer.run { connection, _ in
            .text(connection < 2 ? "-\(code.rawValue) not now\r\n" : "+PONG\r\n")
        } _: { server in
            try await CommandProbe.run(server.url) { probe in
                try await probe.untilUp()
                // The same state twice in a row is reported once.
                #expect(probe.states.all.map(\.serverErrorCode) == [code, nil])
                #expect(try await probe.generation == 1)
            }
        }
    }
}

extension Result<RESPValue, RedisError> {
    fileprivate var string: String? { try? get().string }
}
