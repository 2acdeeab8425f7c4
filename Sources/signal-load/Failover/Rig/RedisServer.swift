import Foundation
import NIOCore

/// A Redis server of the rig: a process without persistence, or a container.
///
/// Confined to the task that runs the failover rounds.
struct RedisServer {
    let name: String
    let address: RedisAddress
    /// What Sentinels call it.
    let host: RedisHost
    private(set) var process: any ServerProcess
    private let launch: @Sendable (_ primary: Int?) async throws -> any ServerProcess
    /// A way in that stays open when TCP does not listen.
    private let controlPath: String?

    var port: Int { address.port }

    /// Starts a server and returns when it answers.
    ///
    /// - Parameter primary: the port of the server that it replicates, if any.
    init(_ name: String, port: Int, replicaOf primary: Int? = nil, directory: String) async throws {
        (self.name, address, host) = (name, RedisAddress(port: port), RedisHost(name: "127.0.0.1", port: port))
        controlPath = Self.controlPath(name, directory)
        launch = { try await Self.launch(name, port: port, replicaOf: $0, directory: directory) }
        process = try await launch(primary)
    }

    /// A server in a container that runs; its Sentinel says whom it replicates.
    init(_ container: ContainerProcess, at address: RedisAddress, host: RedisHost) {
        (name, self.address, self.host, process, controlPath) = (container.name, address, host, container, nil)
        launch = { _ in
            try await container.start()
            try await until("\(container.name) answers", within: .seconds(10)) { await address.answers() }
            return container
        }
    }

    /// Starts again on the same port, after `process` has ended: a process without data, a container with those of its disk.
    mutating func startAgain(replicaOf primary: Int? = nil) async throws { process = try await launch(primary) }

    /// SIGKILL, and waits for the end.
    func kill() async throws {
        try process.signal(SIGKILL)
        guard try await process.ended(within: .seconds(5)) else { throw RigFailure("\(name) does not end") }
    }

    /// SIGSTOP or SIGCONT.
    func signal(_ number: Int32) throws { try process.signal(number) }

    @discardableResult
    func command(_ words: String...) async throws -> RedisValue {
        try await address.pipeline([words])[0]
    }

    /// Whether `command` answers "PONG".
    static func answers(port: Int) async -> Bool {
        (try? await pipeline([["PING"]], port: port))?.first == .text("PONG")
    }

    /// Makes the server refuse new TCP connections for a while; open ones stay.
    func refuse(for pause: Duration) async throws {
        guard let controlPath else { throw RigFailure("\(name) runs in a container and cannot be made to refuse") }
        let control = try SocketAddress(unixDomainSocketPath: controlPath)
        for (listening, rest) in [(0, pause), (port, .zero)] {
            let reply = try await Self.pipeline([["CONFIG", "SET", "port", "\(listening)"]], at: control)
            guard reply == [.text("OK")] else { throw RigFailure("\(name) does not change its port: \(reply)") }
            try await Task.sleep(for: rest)
        }
    }

    /// Runs commands over a connection of their own; the replies in order.
    static func pipeline(
        _ commands: [[String]], port: Int, within limit: TimeAmount = .seconds(5)
    ) async throws -> [RedisValue] {
        try await pipeline(commands, at: Question.loopback(port), within: limit)
    }

    private static func pipeline(
        _ commands: [[String]], at address: SocketAddress, within limit: TimeAmount = .seconds(5)
    ) async throws -> [RedisValue] {
        var request = ByteBuffer()
        for words in commands {
            request.writeString("*\(words.count)\r\n")
            for word in words { request.writeString("$\(word.utf8.count)\r\n\(word)\r\n") }
        }
        return try await Question.ask(address, request, within: limit) { received, _ in
            var rest = received
            var replies: [RedisValue] = []
            while replies.count < commands.count {
                guard let reply = try rest.readRedisValue() else { return nil }
                replies.append(reply)
            }
            return replies
        }
    }

    private static func controlPath(_ name: String, _ directory: String) -> String { "\(directory)/\(name).sock" }

    private static func launch(
        _ name: String, port: Int, replicaOf primary: Int?, directory: String
    ) async throws -> ManagedProcess {
        var words = [
            "redis-server", "--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir",
            directory, "--repl-backlog-size", "64mb", "--repl-diskless-sync-delay", "0",
            "--replica-announce-port", "\(port)", "--unixsocket", controlPath(name, directory),
        ]
        if let primary { words += ["--replicaof", "127.0.0.1", "\(primary)"] }
        let process = try await ManagedProcess(name, words, log: "\(directory)/\(name).log")
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline, process.isRunning {
            if await answers(port: port) { return process }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw RigFailure("\(name) does not start; see \(directory)/\(name).log (is redis-server installed?)")
    }
}

/// A name and port by which Sentinels know a server.
struct RedisHost: Sendable, Hashable {
    let name: String
    let port: Int
}
