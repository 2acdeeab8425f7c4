import NIOCore

/// Where a Redis server of the rig answers on this machine.
struct RedisAddress: Sendable, Hashable {
    let port: Int
    /// nil = it asks for none.
    var password: String?

    /// Runs commands over a connection of their own; the replies in order.
    func pipeline(_ commands: [[String]], within limit: TimeAmount = .seconds(5)) async throws -> [RedisValue] {
        let login = password.map { [["AUTH", $0]] } ?? []
        let replies = try await RedisServer.pipeline(login + commands, port: port, within: limit)
        if !login.isEmpty, replies.first != .text("OK") { throw RigFailure("Redis refuses the password of its file") }
        return Array(replies.dropFirst(login.count))
    }

    /// Whether it answers "PONG".
    func answers() async -> Bool { (try? await pipeline([["PING"]]))?.first == .text("PONG") }
}
