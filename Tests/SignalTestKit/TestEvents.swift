import Synchronization

/// A client of Server-Sent Events for tests.
///
/// Safe from any thread: what it has not handed out yet sits behind a mutex.
public final class TestEvents: Sendable {
    public struct Event: Sendable {
        public let name: String
        public let id: String
        public let data: TestMessage
    }

    private let connection: TestConnection
    public let head: TestHTTP.Answer
    private let text = Mutex("")
    private let comments = Mutex(0)
    private let isFinished = Mutex(false)

    private init(connection: TestConnection, head: TestHTTP.Answer) {
        self.connection = connection
        self.head = head
    }

    /// - Throws: `TestPeer.Refused` when the answer is not 200.
    public static func open(
        _ path: String, port: Int, headers: [(String, String)] = []
    ) async throws -> TestEvents {
        let connection = try await TestConnection.open(port: port)
        try await connection.send(TestHTTP.bytes("GET", path, headers: headers))
        var head = try await connection.read("an answer") { TestHTTP.takeHead(&$0) }
        guard head.status == 200 else {
            head.body = try await TestHTTP.readBody(of: head, from: connection)
            throw TestPeer.Refused(answer: head)
        }
        return TestEvents(connection: connection, head: head)
    }

    /// Comments that were read while waiting for events.
    public var beats: Int { comments.withLock { $0 } }

    /// Waits for the next event.
    public func next(timeout: Duration = .seconds(10)) async throws -> Event {
        try await connection.read("an event", timeout: timeout) { self.take(&$0) }
    }

    /// Waits until a comment has come in.
    public func nextBeat(timeout: Duration = .seconds(10)) async throws {
        let before = beats
        _ = try await connection.read("a comment", timeout: timeout) { bytes -> Bool? in
            self.text.withLock { $0 += self.takeChunks(&bytes) }
            guard self.text.withLock({ $0.hasPrefix(":") && $0.contains("\n\n") }) else { return nil }
            _ = self.takeBlock()
            return self.beats > before ? true : nil
        }
    }

    public func close() async { await connection.close() }

    /// Waits for the server to end the events.
    public func ends(within timeout: Duration = .seconds(10)) async throws -> Bool {
        try await connection.ends(within: timeout)
    }

    /// Waits for the last chunk, after which the connection may serve other requests, or for the end of the connection.
    public func finishes(within timeout: Duration = .seconds(10)) async throws -> Bool {
        do {
            return try await connection.read("the last chunk", timeout: timeout) { bytes -> Bool? in
                self.text.withLock { $0 += self.takeChunks(&bytes) }
                return self.isFinished.withLock { $0 } ? true : nil
            }
        } catch is TestConnection.TimedOut {
            return connection.isEnded
        }
    }

    private func take(_ bytes: inout [UInt8]) -> Event? {
        text.withLock { $0 += takeChunks(&bytes) }
        while let block = takeBlock() {
            guard !block.hasPrefix(":") else { continue }
            var fields: [String: String] = [:]
            for line in block.split(separator: "\n") {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2 { fields[String(parts[0])] = String(parts[1].drop { $0 == " " }) }
            }
            return Event(
                name: fields["event"] ?? "", id: fields["id"] ?? "", data: TestMessage(text: fields["data"] ?? ""))
        }
        return nil
    }

    private func takeBlock() -> String? {
        text.withLock { text in
            guard let end = text.firstRange(of: "\n\n") else { return nil }
            let block = String(text[..<end.lowerBound])
            text.removeSubrange(..<end.upperBound)
            if block.hasPrefix(":") { comments.withLock { $0 += 1 } }
            return block
        }
    }

    /// Takes the complete chunks from the front.
    private func takeChunks(_ bytes: inout [UInt8]) -> String {
        var body: [UInt8] = []
        while let line = bytes.firstRange(of: Array("\r\n".utf8)),
            let size = Int(String(decoding: bytes[..<line.lowerBound], as: UTF8.self), radix: 16),
            bytes.count >= line.upperBound + size + 2
        {
            if size == 0 { isFinished.withLock { $0 = true } }
            body += bytes[line.upperBound..<line.upperBound + size]
            bytes.removeFirst(line.upperBound + size + 2)
        }
        return String(decoding: body, as: UTF8.self)
    }
}
