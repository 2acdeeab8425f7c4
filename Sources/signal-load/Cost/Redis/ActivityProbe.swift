/// Reads the activity of one Redis, without what the readings themselves cost.
///
/// Confined to the task that measures.
struct ActivityProbe {
    private let port: Int
    /// Bytes of the readings so far.
    private var own = (requests: 0, replies: 0)
    /// Of each reading; taken off what it reports.
    private var cpuMicrosPerReading = 0.0
    private var readings = 0

    private static let request = [["INFO", "commandstats"], ["INFO", "cpu"], ["INFO", "stats"]]

    /// - Parameter port: of a Redis that nobody uses yet.
    init(port: Int) async throws {
        self.port = port
        let count = 20
        _ = try await read()
        let before = try await read()
        for _ in 0..<count - 1 { _ = try await read() }
        let used = try await read() - before
        cpuMicrosPerReading = used.cpuMicros / Double(count)
    }

    mutating func read() async throws -> RedisActivity {
        let replies = try await RedisServer.pipeline(Self.request, port: port).map { $0.string ?? "" }
        guard var activity = RedisActivity(commandStats: replies[0], cpu: replies[1], stats: replies[2]) else {
            throw RedisUnreadable(reason: "INFO misses a counter")
        }
        readings += 1
        own.requests += Self.requestBytes
        // Redis has read this request when it counts, but not yet written its replies.
        activity.bytesIn -= own.requests
        activity.bytesOut -= own.replies
        own.replies += replies.reduce(0) { $0 + Self.replyBytes($1) }
        activity.cpuMicros -= Double(readings) * cpuMicrosPerReading
        return activity
    }

    /// `redis_version`.
    static func version(port: Int) async throws -> String {
        let text = try await RedisServer.pipeline([["INFO", "server"]], port: port).first?.string ?? ""
        let field = "redis_version:"
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix(field) }
        return line.map { String($0.dropFirst(field.count)) } ?? "unknown"
    }

    /// As arrays of bulk strings.
    private static let requestBytes = request.reduce(0) { sum, words in
        words.reduce(sum + "*\(words.count)\r\n".utf8.count) { $0 + replyBytes($1) }
    }

    private static func replyBytes(_ text: String) -> Int {
        let length = text.utf8.count
        return "$\(length)\r\n".utf8.count + length + 2
    }
}
