import NIOCore
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
        #expect(greeting.steps.map(\.demand) == [.success, .success, .nothing, .success, .pong])
    }

    @Test("a password without a user is a login of the default user")
    func passwordOnly() throws {
        #expect(try commands("redis://:secret@h").first == RedisCommand("AUTH", ["secret"]))
    }

    @Test("a server that has to be a primary is asked for its role after the login, and its word counts")
    func role() throws {
        let greeting = Greeting(
            url: try RedisURL("redis://:secret@h/7"), configuration: .init(), mustBePrimary: true)
        #expect(greeting.steps.map(\.demand) == [.success, .primary, .success, .pong])
        let step = greeting.steps[1]
        #expect(step.command == RedisCommand("ROLE"))
        let bulk = { (text: String) in RESPValue.bulk(ByteBuffer(string: text)) }
        #expect(step.refusal(.success(.array([bulk("master"), .integer(0), .array([])]))) == nil)
        #expect(step.refusal(.success(.array([bulk("slave"), bulk("h"), .integer(1)]))) != nil)
        #expect(step.refusal(.success(.array([]))) != nil)
        #expect(step.refusal(.success(.null)) != nil)
        let error = RedisError.server(RedisServerError(line: Array("NOPERM no".utf8)))
        #expect(step.refusal(.failure(error)) == error)
    }

    @Test("only a required step can refuse the connection, and the last one has to say PONG")
    func refusals() {
        let error = RedisError.server(RedisServerError(line: Array("ERR no".utf8)))
        let required = Greeting.Step(command: RedisCommand("X"))
        let optional = Greeting.Step(command: RedisCommand("X"), demand: .nothing)
        let last = Greeting.Step(command: RedisCommand("PING"), demand: .pong)
        #expect(required.refusal(.failure(error)) == error)
        #expect(optional.refusal(.failure(error)) == nil)
        #expect(optional.refusal(.failure(.connectionLost)) == .connectionLost)
        #expect(required.refusal(.success(.null)) == nil)
        #expect(last.refusal(.success(.simple("PONG"))) == nil)
        #expect(last.refusal(.success(.simple("OK"))) != nil)
    }
}
