import Foundation
import Synchronization

/// A WebSocket client for tests, with its own framing, so that it can also do what no client should.
///
/// Safe from any thread. Frames are taken apart as they arrive: pings are answered at once, messages and the close
/// frame wait for `next` and `expectClose`.
public final class TestPeer: Sendable {
    /// The server answered the handshake with something else than 101.
    public struct Refused: Error, CustomStringConvertible {
        public let answer: TestHTTP.Answer
        public var status: Int { answer.status }
        public var body: String { answer.body }
        public var description: String { "refused: \(status) \(body)" }
        public func header(_ name: String) -> String? { answer.header(name) }
    }

    /// Something else than what a test expected.
    public struct Unexpected: Error, CustomStringConvertible {
        public let description: String
    }

    /// How the peer behaves without being told.
    public struct Manners: Sendable {
        public var answersPings: Bool
        public var answersClose: Bool
        /// Hears every message on the event loop of the socket, before any test can wait for it.
        public var hears: (@Sendable (TestMessage, TestConnection) -> Void)?

        public init(
            answersPings: Bool = true, answersClose: Bool = true,
            hears: (@Sendable (TestMessage, TestConnection) -> Void)? = nil
        ) {
            self.answersPings = answersPings
            self.answersClose = answersClose
            self.hears = hears
        }
    }

    private struct Inbox {
        var messages: [TestMessage] = []
        var pongs: [[UInt8]] = []
        var pings = 0
        var close: TestClose?
    }

    public let connection: TestConnection
    /// The server's 101 answer.
    public let handshake: TestHTTP.Answer
    private let manners: Manners
    private let inbox = Mutex(Inbox())

    private init(connection: TestConnection, handshake: TestHTTP.Answer, manners: Manners) {
        self.connection = connection
        self.handshake = handshake
        self.manners = manners
    }

    /// Opens a socket and does the handshake.
    ///
    /// - Parameters:
    ///   - host: where the server listens.
    ///   - port: its port.
    ///   - path: the endpoint; the names below become its query.
    ///   - namespace: percent-encoded here; nil = not sent. Likewise `room` and `peerID`.
    ///   - query: further parameters, already percent-encoded.
    ///   - headers: beside those of the upgrade.
    ///   - firstBytes: sent in the same packet as the handshake.
    ///   - receiveBuffer: see `TestConnection.open`.
    ///   - manners: what the peer does by itself.
    ///   - timeout: for the answer.
    /// - Throws: `Refused` when the answer is not 101.
    public static func connect(
        host: String = "127.0.0.1", port: Int, path: String = "/signal", namespace: String? = nil,
        room: String? = nil, peerID: String? = nil, query: [(String, String)] = [],
        headers: [(String, String)] = [], firstBytes: [UInt8] = [], receiveBuffer: Int? = nil,
        manners: Manners = Manners(), timeout: Duration = .seconds(30)
    ) async throws -> TestPeer {
        let connection = try await TestConnection.open(host: host, port: port, receiveBuffer: receiveBuffer)
        let named = [("namespace", namespace), ("room", room), ("peerId", peerID)]
        let parameters = named.compactMap { name, value in value.map { (name, encode($0)) } } + query
        let target = path + (parameters.isEmpty ? "" : "?" + parameters.map { "\($0)=\($1)" }.joined(separator: "&"))
        try await connection.send(TestHTTP.bytes("GET", target, headers: upgradeHeaders + headers) + firstBytes)
        return try await upgraded(connection, manners: manners, timeout: timeout)
    }

    /// Reads the answer to a handshake that was sent over `connection`.
    public static func upgraded(
        _ connection: TestConnection, manners: Manners = Manners(), timeout: Duration = .seconds(30)
    ) async throws -> TestPeer {
        var answer = try await connection.read("a handshake", timeout: timeout) { TestHTTP.takeHead(&$0) }
        guard answer.status == 101 else {
            answer.body = try await TestHTTP.readBody(of: answer, from: connection, timeout: timeout)
            await connection.close()
            throw Refused(answer: answer)
        }
        let peer = TestPeer(connection: connection, handshake: answer, manners: manners)
        // The open connection keeps its peer, which answers pings and closes also when no test looks at it.
        connection.whenBytesArrive { peer.digest() }
        peer.digest()
        return peer
    }

    /// The headers of a correct handshake (RFC 6455 §4.1) with the key of the RFC's example.
    public static let upgradeHeaders = [
        ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ]

    // MARK: Sending

    public func send(_ text: String) async throws { try await sendRaw(TestFrame.text(text)) }

    /// Any bytes, for instance frames that break the rules.
    public func sendRaw(_ bytes: [UInt8]) async throws { try await connection.send(bytes) }

    /// Sends a close frame and leaves the rest to the server.
    public func close(code: UInt16? = 1000) async throws {
        try await sendRaw(TestFrame.close(code: code))
    }

    /// Drops the connection without a word.
    public func drop() async { await connection.close() }

    // MARK: Receiving

    /// The next text message.
    ///
    /// - Throws: `Unexpected` when the server closed instead, `TestConnection.TimedOut` when nothing came.
    public func next(timeout: Duration = .seconds(30)) async throws -> TestMessage {
        try await wait("a message", timeout: timeout) { inbox in
            if !inbox.messages.isEmpty { return inbox.messages.removeFirst() }
            if let close = inbox.close { throw Unexpected(description: "closed: \(close)") }
            return nil
        }
    }

    /// The next message of this type; others before it are dropped.
    public func next(type: String, timeout: Duration = .seconds(30)) async throws -> TestMessage {
        let deadline = ContinuousClock.now + timeout
        while true {
            let message = try await next(timeout: deadline - .now)
            if message.type == type { return message }
        }
    }

    /// The first message that fits, also when others wait before it; those stay.
    public func first(
        _ what: String, timeout: Duration = .seconds(30), where fits: (TestMessage) -> Bool
    ) async throws -> TestMessage {
        var looked = 0
        return try await wait(what, timeout: timeout) { inbox in
            if let index = inbox.messages.dropFirst(looked).firstIndex(where: fits) {
                return inbox.messages.remove(at: index)
            }
            looked = inbox.messages.count
            if let close = inbox.close { throw Unexpected(description: "closed before \(what): \(close)") }
            return nil
        }
    }

    /// Messages that wait, in the order of their arrival.
    public var waiting: [TestMessage] { inbox.withLock { $0.messages } }

    /// The payload of the next pong.
    public func nextPong(timeout: Duration = .seconds(30)) async throws -> [UInt8] {
        try await wait("a pong", timeout: timeout) { $0.pongs.isEmpty ? nil : $0.pongs.removeFirst() }
    }

    /// The server's close frame; messages before it are dropped.
    public func expectClose(timeout: Duration = .seconds(30)) async throws -> TestClose {
        try await wait("a close frame", timeout: timeout) { $0.close }
    }

    /// Pings that have come in, and messages that wait.
    public var counts: (pings: Int, messages: Int) { inbox.withLock { ($0.pings, $0.messages.count) } }

    private func wait<Result>(
        _ what: String, timeout: Duration, _ take: (inout Inbox) throws -> Result?
    ) async throws -> Result {
        let deadline = ContinuousClock.now + timeout
        while true {
            let wasEnded = connection.isEnded
            if let result = try inbox.withLock({ try take(&$0) }) { return result }
            guard !wasEnded else { throw Unexpected(description: "the connection ended before \(what)") }
            guard ContinuousClock.now < deadline else { throw TestConnection.TimedOut(what: what) }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Takes apart what has come in; one lock around it keeps the order.
    private func digest() {
        inbox.withLock { inbox in
            connection.poll { bytes -> Void? in
                while let frame = TestFrame.take(&bytes) { receive(frame, into: &inbox) }
                return nil
            }
        }
    }

    private func receive(_ frame: TestFrame, into inbox: inout Inbox) {
        switch frame.opcode {
        case 0x8:
            let code = frame.payload.count >= 2 ? UInt16(frame.payload[0]) << 8 | UInt16(frame.payload[1]) : nil
            let reason = String(decoding: frame.payload.dropFirst(2), as: UTF8.self)
            inbox.close = TestClose(code: code, reason: reason)
            if manners.answersClose { connection.sendLater(TestFrame.close(code: code)) }
        case 0x9:
            inbox.pings += 1
            if manners.answersPings { connection.sendLater(TestFrame.bytes(opcode: 0xA, frame.payload)) }
        case 0xA: inbox.pongs.append(frame.payload)
        default:
            let message = TestMessage(text: String(decoding: frame.payload, as: UTF8.self))
            manners.hears?(message, connection)
            inbox.messages.append(message)
        }
    }

    private static func encode(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }
}

/// One text message of the server.
public struct TestMessage: Sendable, CustomStringConvertible {
    public let text: String

    public init(text: String) { self.text = text }

    /// A top-level member as text: strings without quotes, everything else as Foundation describes it.
    public subscript(member: String) -> String? { object[member].map { "\($0)" } }

    public var type: String? { self["type"] }

    /// A member that is a number.
    public func number(_ member: String) -> Int? { (object[member] as? NSNumber)?.intValue }

    /// A member that is true or false.
    public func flag(_ member: String) -> Bool? { object[member] as? Bool }

    /// A member that is an object, or the objects of a member that is a list.
    public func objects(_ member: String) -> [TestMessage] {
        let value = object[member]
        return (value as? [Any] ?? value.map { [$0] } ?? []).compactMap { part in
            guard JSONSerialization.isValidJSONObject(part),
                let data = try? JSONSerialization.data(withJSONObject: part)
            else { return nil }
            return TestMessage(text: String(decoding: data, as: UTF8.self))
        }
    }

    private var object: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]) ?? [:]
    }

    public var description: String { text }
}

/// The server's close frame.
public struct TestClose: Equatable, Sendable {
    /// Nil = a frame without a code.
    public let code: UInt16?
    public let reason: String

    public init(code: UInt16?, reason: String) {
        self.code = code
        self.reason = reason
    }
}

/// One WebSocket frame (RFC 6455 §5.2), written without any mercy and read without a mask.
public struct TestFrame: Sendable {
    public let opcode: UInt8
    public let payload: [UInt8]

    public static func text(_ text: String) -> [UInt8] { bytes(opcode: 0x1, Array(text.utf8)) }

    public static func close(code: UInt16?, reason: String = "") -> [UInt8] {
        let head = code.map { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] } ?? []
        return bytes(opcode: 0x8, head + Array(reason.utf8))
    }

    /// A frame as a client sends it.
    ///
    /// - Parameters:
    ///   - fin: whether it is the last of its message.
    ///   - reserved: RSV1–3 as the bits 4, 2 and 1.
    ///   - opcode: 0 to 15.
    ///   - payload: before masking.
    ///   - isMasked: false breaks the protocol.
    ///   - key: four bytes; zeros leave the payload as it is.
    public static func bytes(
        fin: Bool = true, reserved: UInt8 = 0, opcode: UInt8, _ payload: [UInt8], isMasked: Bool = true,
        key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
    ) -> [UInt8] {
        var frame = [(fin ? 0x80 : 0) | reserved << 4 | opcode]
        let maskBit: UInt8 = isMasked ? 0x80 : 0
        switch payload.count {
        case 0..<126: frame.append(maskBit | UInt8(payload.count))
        case 126...0xFFFF:
            frame.append(maskBit | 126)
            frame += [UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default:
            frame.append(maskBit | 127)
            frame += (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        guard isMasked else { return frame + payload }
        guard key != [0, 0, 0, 0] else { return frame + key + payload }
        return frame + key + payload.enumerated().map { $1 ^ key[$0 & 3] }
    }

    /// Takes a complete frame of the server from the front of `bytes`.
    public static func take(_ bytes: inout [UInt8]) -> TestFrame? {
        guard bytes.count >= 2 else { return nil }
        let short = Int(bytes[1] & 0x7F)
        let extra = short == 126 ? 2 : short == 127 ? 8 : 0
        guard bytes.count >= 2 + extra else { return nil }
        let length = extra == 0 ? short : bytes[2..<2 + extra].reduce(0) { $0 << 8 | Int($1) }
        let end = 2 + extra + length
        guard bytes.count >= end else { return nil }
        let frame = TestFrame(opcode: bytes[0] & 0x0F, payload: Array(bytes[(2 + extra)..<end]))
        bytes.removeFirst(end)
        return frame
    }
}
