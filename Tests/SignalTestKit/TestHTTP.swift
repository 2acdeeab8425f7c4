import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A raw TCP connection for tests: bytes out, bytes in, and the end of the stream.
///
/// Safe from any thread: what has come in sits behind a `Mutex`; reads poll it until a deadline.
public final class TestConnection: Sendable {
    /// A wait for the server took too long; carries what was waited for.
    public struct TimedOut: Error, CustomStringConvertible {
        public let what: String
        public var description: String { "timed out waiting for \(what)" }
    }

    private struct Inbound {
        var bytes: [UInt8] = []
        var isEnded = false
        var wasReset = false
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        let owner: TestConnection
        init(owner: TestConnection) { self.owner = owner }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            owner.inbound.withLock { $0.bytes.append(contentsOf: buffer.readableBytesView) }
            owner.onBytes.withLock { $0 }?()
        }
        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case ChannelEvent.inputClosed? = event as? ChannelEvent {
                owner.inbound.withLock { $0.isEnded = true }
            }
        }
        func channelInactive(context: ChannelHandlerContext) {
            owner.inbound.withLock { $0.isEnded = true }
            owner.onBytes.withLock { $0 = nil }
        }
        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            if (error as? IOError)?.errnoCode == ECONNRESET { owner.inbound.withLock { $0.wasReset = true } }
            context.close(promise: nil)
        }
    }

    private let inbound = Mutex(Inbound())
    private let channel = Mutex<(any Channel)?>(nil)
    private let onBytes = Mutex<(@Sendable () -> Void)?>(nil)

    private init() {}

    /// - Parameters:
    ///   - host: where the server listens.
    ///   - port: its port.
    ///   - receiveBuffer: the kernel's receive buffer in bytes, for slow readers; nil = the system's choice.
    ///   - staysOpen: whether this end is kept when the server has ended its own.
    public static func open(
        host: String = "127.0.0.1", port: Int, receiveBuffer: Int? = nil, staysOpen: Bool = false
    ) async throws -> TestConnection {
        let connection = TestConnection()
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.allowRemoteHalfClosure, value: staysOpen)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(owner: connection))
                }
            }
        if let receiveBuffer {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: .init(receiveBuffer))
        }
        let channel = try await bootstrap.connect(host: host, port: port).get()
        connection.channel.withLock { $0 = channel }
        return connection
    }

    /// The port of this end.
    public var localPort: Int? { channel.withLock { $0?.localAddress?.port } }

    /// Whether the server has ended the connection.
    public var isEnded: Bool { inbound.withLock { $0.isEnded } }

    /// Whether the server has torn the connection instead of ending its stream.
    public var wasReset: Bool { inbound.withLock { $0.wasReset } }

    /// Calls `body` on the socket's event loop whenever something has come in, until the connection ends.
    public func whenBytesArrive(_ body: @escaping @Sendable () -> Void) { onBytes.withLock { $0 = body } }

    public func send(_ bytes: some Collection<UInt8> & Sendable) async throws {
        try await channel.withLock { $0 }?.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Writes without waiting for the kernel to take the bytes.
    public func sendLater(_ bytes: some Collection<UInt8> & Sendable) {
        channel.withLock { $0 }?.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    /// Closes without waiting for it.
    public func closeLater() { channel.withLock { $0 }?.close(promise: nil) }

    public func setReading(_ isReading: Bool) async throws {
        try await channel.withLock { $0 }?.setOption(.autoRead, value: isReading).get()
    }

    public func close() async {
        try? await channel.withLock { $0 }?.close()
    }

    /// Removes and returns what `take` finds in the bytes that have come in; nil = nothing yet.
    public func poll<Result: Sendable>(_ take: (inout [UInt8]) throws -> Result?) rethrows -> Result? {
        try inbound.withLock { try take(&$0.bytes) }
    }

    /// Waits until `take` finds something.
    ///
    /// - Throws: `TimedOut`, also when the connection ended without it.
    public func read<Result: Sendable>(
        _ what: String, timeout: Duration = .seconds(30), _ take: (inout [UInt8]) throws -> Result?
    ) async throws -> Result {
        let deadline = ContinuousClock.now + timeout
        while true {
            let wasEnded = isEnded
            if let result = try poll(take) { return result }
            guard !wasEnded, ContinuousClock.now < deadline else { throw TimedOut(what: what) }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Waits for the server to end the connection; false when it does not in time.
    public func ends(within timeout: Duration = .seconds(30)) async throws -> Bool {
        let deadline = ContinuousClock.now + timeout
        while !isEnded, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(1)) }
        return isEnded
    }
}

/// A small HTTP/1.1 client for tests: one request per connection, or any bytes at all.
public enum TestHTTP {
    public struct Answer: Sendable {
        public let status: Int
        public let headers: [(name: String, value: String)]
        public var body: String

        public func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    public static func get(
        _ path: String, port: Int, headers: [(String, String)] = [], timeout: Duration = .seconds(30)
    ) async throws -> Answer {
        try await request("GET", path, port: port, headers: headers, timeout: timeout)
    }

    public static func post(
        _ path: String, json: String, port: Int, headers: [(String, String)] = [], timeout: Duration = .seconds(30)
    ) async throws -> Answer {
        let all =
            headers.contains { $0.0.lowercased() == "content-type" }
            ? headers : headers + [("Content-Type", "application/json")]
        return try await request("POST", path, port: port, headers: all, body: json, timeout: timeout)
    }

    public static func request(
        _ method: String, _ path: String, port: Int, headers: [(String, String)] = [], body: String? = nil,
        timeout: Duration = .seconds(30)
    ) async throws -> Answer {
        let connection = try await TestConnection.open(port: port)
        try await connection.send(bytes(method, path, headers: headers + [("Connection", "close")], body: body))
        let answer = try await read(from: connection, isHead: method == "HEAD", timeout: timeout)
        await connection.close()
        return answer
    }

    /// Any bytes, and the answer to them.
    public static func raw(_ text: String, port: Int, timeout: Duration = .seconds(30)) async throws -> Answer {
        let connection = try await TestConnection.open(port: port)
        try await connection.send(Array(text.utf8))
        let answer = try await read(from: connection, timeout: timeout)
        await connection.close()
        return answer
    }

    /// A request as it goes over the wire; `Host` is added when it is missing.
    public static func bytes(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: String? = nil
    ) -> [UInt8] {
        var text = "\(method) \(path) HTTP/1.1\r\n"
        if !headers.contains(where: { $0.0.lowercased() == "host" }) { text += "Host: localhost\r\n" }
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if let body { text += "Content-Length: \(body.utf8.count)\r\n" }
        return Array((text + "\r\n" + (body ?? "")).utf8)
    }

    /// Reads one answer with its body; bodies need a `Content-Length` or chunks.
    public static func read(
        from connection: TestConnection, isHead: Bool = false, timeout: Duration = .seconds(30)
    ) async throws -> Answer {
        var answer = try await connection.read("an answer", timeout: timeout) { takeHead(&$0) }
        if !isHead { answer.body = try await readBody(of: answer, from: connection, timeout: timeout) }
        return answer
    }

    /// Reads the body that belongs to a head.
    public static func readBody(
        of answer: Answer, from connection: TestConnection, timeout: Duration = .seconds(30)
    ) async throws -> String {
        guard answer.status >= 200, answer.status != 204 else { return "" }
        if answer.header("transfer-encoding")?.lowercased() == "chunked" {
            return try await connection.read("chunks", timeout: timeout) { takeChunks(&$0) }
        }
        let length = answer.header("content-length").flatMap { Int($0) } ?? 0
        return try await connection.read("a body", timeout: timeout) { bytes in
            guard bytes.count >= length else { return nil }
            defer { bytes.removeFirst(length) }
            return String(decoding: bytes[..<length], as: UTF8.self)
        }
    }

    /// Takes a complete answer head from the front of `bytes`.
    public static func takeHead(_ bytes: inout [UInt8]) -> Answer? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        bytes.removeFirst(end.upperBound)
        let status = lines.first.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) } ?? 0
        let headers = lines.dropFirst().map { line -> (name: String, value: String) in
            let parts = line.split(separator: ":", maxSplits: 1)
            let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
            return (String(parts[0]), String(value))
        }
        return Answer(status: status, headers: headers, body: "")
    }

    private static func takeChunks(_ bytes: inout [UInt8]) -> String? {
        var body: [UInt8] = []
        var rest = bytes[...]
        while let line = rest.firstRange(of: Array("\r\n".utf8)) {
            let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16) ?? 0
            let start = line.upperBound
            guard rest.endIndex - start >= size + 2 else { return nil }
            body += rest[start..<start + size]
            rest = rest[(start + size + 2)...]
            if size == 0 {
                bytes = Array(rest)
                return String(decoding: body, as: UTF8.self)
            }
        }
        return nil
    }
}
