import Foundation
import Synchronization

/// A client of dialect 2: says hello, confirms what is numbered, and comes back to its session.
///
/// Safe from any thread. It surfaces everything that the server sends, repeats included, so that a test can count them.
public final class ReliablePeer: Sendable {
    public static let subprotocol = ("Sec-WebSocket-Protocol", "browser-sync.v2")

    private struct State {
        var socket: TestPeer?
        var connectionNumber = 0
        var resumeToken: String?
        var receipts = Receipts(isAutomatic: true)
        /// The last number of the connection before that was confirmed.
        var lastSequence = 0
    }

    public let name: String
    public let room: String
    /// The secret name of the session.
    public let session: String
    private let state = Mutex(State())

    /// - Parameter session: nil = a new one.
    public init(_ name: String, room: String = "r", session: String? = nil) {
        self.name = name
        self.room = room
        self.session = session ?? Self.randomSession()
    }

    // MARK: Coming and going

    /// Opens a socket, says hello and waits for the welcome.
    ///
    /// - Parameters:
    ///   - resumes: whether to show the resume token, if there is one.
    ///   - metadata: a JSON object.
    @discardableResult
    public func connect(
        port: Int, resumes: Bool = true, metadata: String? = nil, timeout: Duration = .seconds(10)
    ) async throws -> TestMessage {
        let socket = try await open(port: port, timeout: timeout)
        try await socket.send(hello(resumes: resumes, metadata: metadata))
        return try await welcomed(timeout: timeout)
    }

    /// Opens a socket without a word; from now on it is this peer's.
    @discardableResult
    public func open(
        port: Int, query: [(String, String)] = [], headers: [(String, String)] = [ReliablePeer.subprotocol],
        timeout: Duration = .seconds(10)
    ) async throws -> TestPeer {
        let receipts = state.withLock { state in
            state.lastSequence = state.receipts.confirmed
            state.receipts = Receipts(isAutomatic: state.receipts.isAutomatic)
            return state.receipts
        }
        let socket = try await TestPeer.connect(
            port: port, room: room, peerID: name, query: query, headers: headers,
            manners: .init(hears: { receipts.hear($0, on: $1) }), timeout: timeout)
        state.withLock { $0.socket = socket }
        return socket
    }

    /// The next hello of the session.
    ///
    /// - Parameters:
    ///   - number: nil = one more than the last.
    ///   - token: shown instead of the session's own resume token.
    public func hello(
        resumes: Bool = true, number: Int? = nil, token: String? = nil, metadata: String? = nil
    ) -> String {
        let (number, known, last) = state.withLock { state in
            state.connectionNumber = number ?? state.connectionNumber + 1
            return (state.connectionNumber, state.resumeToken, state.lastSequence)
        }
        var text = #"{"type":"hello","sid":"\#(session)","cn":\#(number)"#
        if let token = token ?? (resumes ? known : nil) {
            text += #","resume":{"token":"\#(token)","lastSeq":\#(last)}"#
        }
        if let metadata { text += #","metadata":\#(metadata)"# }
        return text + "}"
    }

    /// Waits for the welcome of a hello that was sent by hand.
    @discardableResult
    public func welcomed(timeout: Duration = .seconds(10)) async throws -> TestMessage {
        let welcome = try await next("welcome", timeout: timeout)
        if let token = welcome.objects("resume").first?["token"] { state.withLock { $0.resumeToken = token } }
        return welcome
    }

    /// Loses the socket without a word.
    public func drop() async { await current?.drop() }

    public func close(code: UInt16? = 1000) async throws { try await socket.close(code: code) }

    public var resumeToken: String? { state.withLock { $0.resumeToken } }

    private var current: TestPeer? { state.withLock { $0.socket } }

    struct NotConnected: Error {}

    /// The socket of now.
    public var socket: TestPeer {
        get throws {
            guard let current else { throw NotConnected() }
            return current
        }
    }

    // MARK: Speaking

    public func send(_ text: String) async throws { try await socket.send(text) }

    /// A reliable signal to one peer.
    public func signal(_ id: String, to peer: String, _ rest: String = "") async throws {
        try await send(#"{"type":"signal","to":"\#(peer)","id":"\#(id)"\#(rest)}"#)
    }

    /// Confirms everything up to `sequence`.
    public func confirm(_ sequence: Int) async throws {
        state.withLock { $0.receipts }.note(sequence)
        try await send(#"{"type":"ack","seq":\#(sequence)}"#)
    }

    /// Whether numbered signals are confirmed by themselves.
    public func confirms(_ isOn: Bool) { state.withLock { $0.receipts }.isAutomatic = isOn }

    // MARK: Listening

    /// The next message of this type, with these members; others stay where they are.
    @discardableResult
    public func next(
        _ type: String, _ members: [String: String] = [:], timeout: Duration = .seconds(10)
    ) async throws -> TestMessage {
        try await socket.first("\(type) \(members) for \(name)", timeout: timeout) { message in
            message.type == type && members.allSatisfy { message[$0.key] == $0.value }
        }
    }

    /// The final outcome of a signal, behind `stored` if that comes; what comes twice is left for the test to find.
    public func outcome(of id: String, to peer: String, timeout: Duration = .seconds(15)) async throws -> String {
        let final = try await socket.first("outcome of \(id) for \(name)", timeout: timeout) { message in
            guard message["id"] == id, message["to"] == peer else { return false }
            return message.type == "nack" || message.type == "undeliverable"
                || message.type == "ack" && message["level"] != "stored"
        }
        return final["level"] ?? final["code"] ?? final.type ?? ""
    }

    /// Messages that wait of these types, or all.
    public func waiting(_ types: String...) -> [TestMessage] {
        (current?.waiting ?? []).filter { types.isEmpty || types.contains($0.type ?? "") }
    }

    /// What was shown of other members and nobody has looked at.
    public var presence: [TestMessage] { waiting("peer-joined", "peer-left", "peer-updated", "resync") }

    public func expectClose(timeout: Duration = .seconds(10)) async throws -> TestClose {
        try await socket.expectClose(timeout: timeout)
    }

    private static func randomSession() -> String {
        Data((0..<16).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
