import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A real `signal-node` process on a free port.
///
/// Safe from any thread; methods block for some milliseconds and belong into tests, not on event loops.
public final class NodeProcess: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    public let name: String
    public let port: Int
    public let process: ChildProcess
    private let logFile: URL

    /// Starts the node that was built beside the tests, and returns when it accepts sockets.
    ///
    /// - Parameter settings: environment variables over the defaults of a test node (loopback, free port, no rates).
    public init(_ name: String, settings: [String: String] = [:]) throws {
        self.name = name
        logFile = FileManager.default.temporaryDirectory.appending(path: "node-\(UUID().uuidString).log")
        var environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOST": "127.0.0.1", "PORT": "0",
            "NODE_NAME": name, "CLUSTER_SECRET": "a-test-secret-of-32-characters-..",
            "RATE_LIMIT_CONNECTIONS_PER_IP": "0", "RATE_LIMIT_MESSAGES_PER_MINUTE": "0", "DUPLICATE_PAYLOAD_LIMIT": "0",
        ]
        environment.merge(settings) { _, new in new }
        process = try ChildProcess([Self.program("signal-node")], environment: environment, output: logFile.path())
        port = try Self.startedPort(process, logFile)
    }

    deinit { try? FileManager.default.removeItem(at: logFile) }

    /// What the node has logged so far.
    public var log: String { (try? String(contentsOf: logFile, encoding: .utf8)) ?? "" }

    public func kill() {
        process.signal(SIGKILL)
        _ = process.wait(seconds: 5)
    }

    public func terminate() { process.signal(SIGTERM) }
    public func suspend() { process.signal(SIGSTOP) }
    public func resume() { process.signal(SIGCONT) }

    /// The path of an executable of this package, which stands beside the test runner.
    public static func program(_ name: String) -> String {
        let runner =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: runner).deletingLastPathComponent().appending(path: name).path()
    }

    /// Reads the port out of the line that says that the node accepts sockets.
    private static func startedPort(_ process: ChildProcess, _ log: URL) throws -> Int {
        let deadline = Date().addingTimeInterval(30)
        while Date() < deadline {
            let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            for line in text.split(separator: "\n") where line.contains("signal-node.started") {
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                if let port = object?["port"] as? Int { return port }
            }
            if process.status != nil { throw Failure(description: "the node ended at its start: \(text)") }
            usleep(5_000)
        }
        throw Failure(description: "the node does not start")
    }
}
