import SignalTestKit

/// What PeerJS does with PeerServer, over a real socket.
struct PeerJSClient {
    /// For everything that a test waits for.
    static let patience = Duration.seconds(30)

    let id: String
    let peer: TestPeer

    /// Opens the socket; the first message waits.
    ///
    /// - Parameters:
    ///   - id: as the client writes it.
    ///   - path: `/peerjs` for the client's path `/`, `/peerjs/peerjs` for its path `/peerjs`.
    static func dial(
        _ id: String, port: Int, token: String = "t", key: String = "peerjs", path: String = "/peerjs"
    ) async throws -> PeerJSClient {
        let name = id.replacing(" ", with: "%20")
        let query = [("key", key), ("id", name), ("token", token), ("version", "1.5.4")]
        return PeerJSClient(id: id, peer: try await TestPeer.connect(port: port, path: path, query: query))
    }

    /// The same for a client that gets its ID.
    static func open(
        _ id: String, port: Int, token: String = "t", key: String = "peerjs", path: String = "/peerjs"
    ) async throws -> PeerJSClient {
        let client = try await dial(id, port: port, token: token, key: key, path: path)
        let first = try await client.peer.next(timeout: patience)
        guard first.text == #"{"type":"OPEN"}"# else { throw Cluster.Never(description: first.text) }
        return client
    }

    func send(_ type: String, to other: String, _ word: String = "") async throws {
        try await peer.send(#"{"type":"\#(type)","payload":{"word":"\#(word)"},"dst":"\#(other)"}"#)
    }

    /// The next message, whose word is its payload's.
    func next() async throws -> (text: String, type: String?, src: String?, word: String?) {
        let message = try await peer.next(timeout: Self.patience)
        return (message.text, message.type, message["src"], message.objects("payload").first?["word"])
    }

    func hears(_ type: String, from other: String, _ word: String? = nil) async throws -> TestMessage {
        try await peer.first("\(type) of \(other)", timeout: Self.patience) {
            $0.type == type && $0["src"] == other && (word == nil || $0.objects("payload").first?["word"] == word)
        }
    }
}
