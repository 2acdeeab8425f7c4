import Testing

@testable import RedisWire

@Suite("Greeting")
struct GreetingTests {
    private func commands(_ url: String, _ configuration: RedisLinkConfiguration = .init()) throws -> [RedisCommand] {
        Greeting(url: try RedisURL(url), configuration: configuration).steps.map(\.command)
    }

    @Test("it is a PING when there is nothing else to say")
    func plain() throws {
        #expect(try commands("redis://h") == [RedisCommand("PING")])
    }

    @Test("it says login, database, name, prelude and PING, in this order")
    func full() throws {
        let prelude = [RedisCommand("SCRIPT", ["LOAD", "return 1"])]
        let greeting = Greeting(
            url: try RedisURL("redis://ann:secret@h/7"),
            configuration: RedisLinkConfiguration(clientName: "node-1", prelude: prelude))
        #expect(
            greeting.steps.map(\.command) == [
                RedisCommand("AUTH", ["ann", "secret"]), RedisCommand("SELECT", [7]),
                RedisCommand("CLIENT", ["SETNAME", "node-1"]), prelude[0], RedisCommand("PING"),
            ])
        #expect(greeting.steps.map(\.isRequired) == [true, true, false, true, true])
    }

    @Test("a password without a user is a login of the default user")
    func passwordOnly() throws {
        #expect(try commands("redis://:secret@h").first == RedisCommand("AUTH", ["secret"]))
    }

    @Test("only a required step can refuse the connection, and the last one has to say PONG")
    func refusals() {
        let error = RedisError.server(RedisServerError(line: Array("ERR no".utf8)))
        let required = Greeting.Step(command: RedisCommand("X"))
        let optional = Greeting.Step(command: RedisCommand("X"), isRequired: false)
        #expect(Greeting.refusal(of: required, isLast: false, .failure(error)) == error)
        #expect(Greeting.refusal(of: optional, isLast: false, .failure(error)) == nil)
        #expect(Greeting.refusal(of: optional, isLast: false, .failure(.connectionLost)) == .connectionLost)
        #expect(Greeting.refusal(of: required, isLast: false, .success(.null)) == nil)
        #expect(Greeting.refusal(of: required, isLast: true, .success(.simple("PONG"))) == nil)
        #expect(Greeting.refusal(of: required, isLast: true, .success(.simple("OK"))) != nil)
    }
}
