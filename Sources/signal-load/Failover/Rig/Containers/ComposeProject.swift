import Foundation

/// A cluster of docker-compose.yml under a name, network and ports of its own, beside whatever else runs here.
struct ComposeProject: Sendable {
    /// With what the harness has to reach: infra/docker/failover.yml.
    static let files = ["docker-compose.yml", "infra/docker/failover.yml"]
    private static let patience = Duration.seconds(180)

    let name: String
    private let environment: [String: String]
    private let directory: String

    /// - Parameters:
    ///   - environment: for the `${…}` of the files.
    ///   - profiles: as in `--profile`.
    ///   - directory: takes the logs.
    init(name: String, environment: [String: String], profiles: [String], directory: String) {
        (self.name, self.directory) = (name, directory)
        self.environment = environment.merging([
            "COMPOSE_PROJECT_NAME": name, "COMPOSE_FILE": Self.files.joined(separator: ":"),
            "COMPOSE_PROFILES": profiles.joined(separator: ","),
        ]) { _, new in new }
    }

    /// Starts the services and what they need, and waits until all are healthy.
    func up(_ services: [String]) async throws {
        ProcessLedger.shared.addEnd { self.down() }
        let log = "\(directory)/compose.log"
        let words = ["docker", "compose", "--progress", "plain", "up", "--detach", "--wait", "--no-build"]
        let starting = try await ManagedProcess("compose", words + services, environment: environment, log: log)
        guard try await starting.ended(within: Self.patience) else {
            throw RigFailure("the containers do not start: \(log)")
        }
        guard starting.exitStatus == 0 else {
            throw RigFailure("the containers did not start: \(starting.lastLines()) (\(log))")
        }
    }

    /// What the engine calls the container of a service.
    func container(of service: String) async throws -> ContainerProcess {
        let id = try await compose("ps", "--all", "--quiet", service)
        guard !id.isEmpty else { throw RigFailure("there is no container of \(service)") }
        return ContainerProcess(name: service, id: id)
    }

    /// What the engine calls a network of the files.
    func network(_ network: String) -> String { "\(name)_\(network)" }

    /// A file of a running service.
    func read(_ path: String, of service: String) async throws -> String {
        try await compose("exec", "-T", service, "cat", path)
    }

    private func compose(_ words: String...) async throws -> String {
        try await Docker.later(["compose"] + words, environment: environment)
    }

    /// Keeps the logs, and removes containers, networks and volumes.
    private func down() {
        let logs = (try? Docker.run(["compose", "logs", "--no-color"], environment: environment)) ?? ""
        try? Data(logs.utf8).write(to: URL(fileURLWithPath: "\(directory)/\(name).log"))
        do {
            // Nobody talks to them any more: there is nothing to wait for.
            _ = try? Docker.run(["compose", "kill"], environment: environment)
            // A start that was broken off may still make a container behind the first one's back.
            for _ in 0..<2 { try Docker.run(["compose", "down", "--volumes"], environment: environment) }
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
        }
    }
}
