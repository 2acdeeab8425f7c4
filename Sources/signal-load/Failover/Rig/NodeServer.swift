import Foundation

/// A `signal-node` process of the rig; a new process takes the name and port of one that has ended.
///
/// Confined to the task that runs the failover rounds.
struct NodeServer {
    let name: String
    let port: Int
    private let binary: String
    private let environment: [String: String]
    private let log: String
    private(set) var process: ManagedProcess

    /// Starts the node; `awaitReady` tells when it serves.
    ///
    /// - Parameter environment: over that of the harness.
    init(_ name: String, port: Int, binary: String, environment: [String: String], directory: String) async throws {
        (self.name, self.port, self.binary) = (name, port, binary)
        log = "\(directory)/\(name).log"
        var environment = environment
        environment.merge(["HOST": "127.0.0.1", "PORT": "\(port)", "NODE_NAME": name]) { _, new in new }
        self.environment = environment
        process = try await ManagedProcess(name, [binary], environment: environment, log: log)
    }

    /// Starts a fresh process under the same name; after `process` has ended.
    mutating func startAgain() async throws {
        process = try await ManagedProcess(name, [binary], environment: environment, log: log)
    }

    /// Sends a signal to the process.
    func signal(_ number: Int32) { process.signal(number) }

    /// Waits until it takes sockets and Redis knows it.
    func awaitReady(within limit: Duration = .seconds(20)) async throws {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            guard process.isRunning else {
                throw RigFailure("\(name) ended at its start: \(lastLines()) (\(log))")
            }
            if try await isReady() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw RigFailure("\(name) is not ready after \(limit): \(lastLines()) (\(log))")
    }

    private func isReady() async throws -> Bool {
        (try? await Question.get("/readyz", port: port))?.status == 200
    }

    /// Whether `/health` says that Redis is away; nil when the node does not answer.
    static func isDegraded(port: Int) async -> Bool? {
        guard let health = try? await Question.get("/health", port: port), health.status == 200 else { return nil }
        return health.body.contains(#""degraded":true"#)
    }

    /// Leases that the node lost and replaced: each time its writes were fenced; nil when it does not answer.
    func refences() async -> Int? {
        let name = "bs_cluster_refences_total "
        guard let metrics = try? await Question.get("/metrics", port: port), metrics.status == 200 else { return nil }
        return metrics.body.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name) }
            .flatMap { Double($0.dropFirst(name.count)) }.map { Int($0) }
    }

    private func lastLines() -> String {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(2).joined(separator: " ")
    }
}
