import Foundation
import SignalTestKit
import Synchronization

/// The DevTools protocol over the socket of one tab: numbered commands and their results, and events.
///
/// Safe from any thread; commands may overlap.
final class DevTools: Sendable {
    /// What has come in, filled on the event loop of the socket.
    private final class Inbound: Sendable {
        let results = Mutex<[Int: TestMessage]>([:])
        let events = Mutex<[TestMessage]>([])

        func hear(_ message: TestMessage) {
            if let id = message.number("id") {
                results.withLock { $0[id] = message }
            } else {
                events.withLock { $0.append(message) }
            }
        }
    }

    private let socket: TestPeer
    private let inbound: Inbound
    private let count = Mutex(0)

    init(port: Int, path: String) async throws {
        let inbound = Inbound()
        self.inbound = inbound
        socket = try await TestPeer.connect(
            port: port, path: path, manners: .init(hears: { message, _ in inbound.hear(message) }),
            timeout: .seconds(30))
    }

    /// Runs a command and returns its result.
    ///
    /// - Parameter parameters: anything that is JSON.
    /// - Throws: `Browser.Failure` with the words of Chromium, or when nothing comes.
    @discardableResult
    func call(
        _ method: String, _ parameters: [String: any Sendable] = [:], timeout: Duration = .seconds(60)
    ) async throws -> TestMessage {
        let id = count.withLock { count in
            count += 1
            return count
        }
        let command: [String: Any] = ["id": id, "method": method, "params": parameters]
        try await socket.send(String(decoding: try JSONSerialization.data(withJSONObject: command), as: UTF8.self))
        let answer = try await result(id, of: method, within: timeout)
        if let error = answer.objects("error").first {
            throw Browser.Failure(description: "\(method): \(error["message"] ?? error.text)")
        }
        return answer.objects("result").first ?? TestMessage(text: "{}")
    }

    /// The parameters of all events of this name, in order.
    func events(_ name: String) -> [TestMessage] {
        inbound.events.withLock { $0 }.filter { $0["method"] == name }.flatMap { $0.objects("params") }
    }

    func close() async { await socket.drop() }

    private func result(_ id: Int, of method: String, within timeout: Duration) async throws -> TestMessage {
        let deadline = ContinuousClock.now + timeout
        while true {
            if let answer = inbound.results.withLock({ $0.removeValue(forKey: id) }) { return answer }
            guard ContinuousClock.now < deadline, !socket.connection.isEnded else {
                throw Browser.Failure(description: "\(method) has no result")
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}
