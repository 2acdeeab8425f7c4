import SignalTestKit

/// What y-webrtc does with its signaling server, over a real socket.
struct TopicsClient {
    /// For everything that a test waits for.
    static let patience = Duration.seconds(30)

    let peer: TestPeer

    static func connect(port: Int, query: [(String, String)] = []) async throws -> TopicsClient {
        TopicsClient(peer: try await TestPeer.connect(port: port, path: "/topics", query: query))
    }

    func subscribe(_ topics: String...) async throws {
        let list = topics.map { "\"\($0)\"" }.joined(separator: ",")
        try await peer.send(#"{"type":"subscribe","topics":[\#(list)]}"#)
    }

    func unsubscribe(_ topic: String) async throws {
        try await peer.send(#"{"type":"unsubscribe","topics":["\#(topic)"]}"#)
    }

    func publish(_ word: String, to topic: String) async throws {
        try await peer.send(#"{"type":"publish","topic":"\#(topic)","data":{"from":"\#(word)"}}"#)
    }

    /// The next publication with this word; others before it stay.
    func hears(_ word: String, on topic: String) async throws -> TestMessage {
        try await peer.first("\(word) on \(topic)", timeout: Self.patience) {
            $0.type == "publish" && $0["topic"] == topic && $0.objects("data").first?["from"] == word
        }
    }

    func error() async throws -> TestMessage {
        try await peer.first("an error", timeout: Self.patience) { $0.type == "error" }
    }

    /// Has the node answered everything that was said before?
    func settle() async throws {
        try await peer.send(#"{"type":"ping"}"#)
        _ = try await peer.first("pong", timeout: Self.patience) { $0.type == "pong" }
    }

    /// Publishes until the node counts this many subscribers in the cluster.
    func counts(_ clients: Int, on topic: String) async throws {
        let deadline = ContinuousClock.now + Self.patience
        var (number, last) = (0, "nothing")
        while ContinuousClock.now < deadline {
            number += 1
            try await publish("count-\(number)", to: topic)
            let heard = try await hears("count-\(number)", on: topic)
            if heard.number("clients") == clients { return }
            last = heard.text
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Cluster.Never(description: "never \(clients) clients on \(topic): \(last)")
    }
}
