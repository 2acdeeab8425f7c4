import Logging
import NIOCore
import NIOPosix
import RedisWire
import Testing

/// A command link on an event loop, driven from a test.
struct CommandProbe: Sendable {
    typealias Answer = Result<RESPValue, RedisError>

    let loop: any EventLoop
    let states = Journal<RedisLinkState>()
    private let link: NIOLoopBound<RedisCommandLink>

    /// Runs a started link for the time of the body.
    static func run(
        _ url: String, _ configuration: RedisLinkConfiguration = .patient, _ body: (CommandProbe) async throws -> Void
    ) async throws {
        try await run(try RedisAddress(url), configuration, body)
    }

    static func run(
        _ address: RedisAddress, _ configuration: RedisLinkConfiguration = .patient, logger: Logger = .silent,
        _ body: (CommandProbe) async throws -> Void
    ) async throws {
        let probe = try await CommandProbe(address, configuration, logger)
        do {
            try await body(probe)
        } catch {
            try await probe.close()
            throw error
        }
        try await probe.close()
    }

    private init(_ address: RedisAddress, _ configuration: RedisLinkConfiguration, _ logger: Logger) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let states = self.states
        self.loop = loop
        link = try await loop.submit {
            let link = RedisCommandLink(
                source: address.source(configuration: configuration, on: loop, logger: logger),
                configuration: configuration, on: loop, logger: logger, onStateChange: { states.add($0) })
            link.start()
            return NIOLoopBound(link, eventLoop: loop)
        }.get()
    }

    func close() async throws {
        try await loop.submit { [link] in link.value.close() }.get()
    }

    func reconnect() async throws {
        try await loop.submit { [link] in link.value.reconnect(reason: "test") }.get()
    }

    var generation: UInt64 {
        get async throws { try await loop.submit { [link] in link.value.generation }.get() }
    }

    var isUp: Bool {
        get async throws { try await loop.submit { [link] in link.value.isUp }.get() }
    }

    /// Waits for a connection that came up, the given one or a later one, and says which.
    @discardableResult
    func untilUp(generation: UInt64 = 1) async throws -> UInt64 {
        var current: UInt64 = 0
        try await eventually("generation \(generation) is up") {
            guard case .up(let latest) = states.last else { return false }
            current = latest
            return current >= generation
        }
        return current
    }

    func send(_ command: RedisCommand) async -> Answer {
        await withCheckedContinuation { continuation in
            loop.execute { [link] in
                link.value.send(command) { continuation.resume(returning: $0) }
            }
        }
    }

    /// Sends all commands in one turn of the loop; the answers come in the order of completion, each with the index of
    /// its command.
    func burst(_ commands: [RedisCommand]) async -> [(command: Int, answer: Answer)] {
        let answers = Journal<(command: Int, answer: Answer)>()
        return await withCheckedContinuation { continuation in
            loop.execute { [link] in
                for (index, command) in commands.enumerated() {
                    link.value.send(command) {
                        answers.add((index, $0))
                        if answers.count == commands.count { continuation.resume(returning: answers.all) }
                    }
                }
            }
        }
    }
}

extension CommandProbe {
    /// The port of the server behind the link, in its own words.
    func serverPort() async -> Int? {
        guard case .success(let reply) = await send(RedisCommand("CONFIG", ["GET", "port"])) else { return nil }
        return reply.array?.last?.int.map(Int.init)
    }
}

extension RedisLinkConfiguration {
    /// For tests that are not about deadlines: a loaded machine must not decide them.
    static var patient: RedisLinkConfiguration {
        RedisLinkConfiguration(
            connectTimeout: .seconds(20), sentinelTimeout: .seconds(20), commandTimeout: .seconds(20),
            reconnectBackoffMin: .milliseconds(1),
            reconnectBackoffMax: .milliseconds(50), silenceTimeout: .seconds(20))
    }

    /// For tests in which the server stays silent on purpose.
    static var impatient: RedisLinkConfiguration {
        var configuration = patient
        configuration.commandTimeout = .milliseconds(300)
        configuration.heartbeatInterval = .milliseconds(50)
        configuration.silenceTimeout = .milliseconds(300)
        return configuration
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
