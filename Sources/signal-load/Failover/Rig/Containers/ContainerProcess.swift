import Foundation

/// The first process of a container. The container keeps its name and its published ports when it is started again.
///
/// Safe from any thread: it holds names, the engine holds the state.
struct ContainerProcess: ServerProcess {
    let name: String
    /// What the engine calls the container.
    let id: String

    /// The container's state by the engine, as `running` or `exited`.
    private var state: String { (try? Docker.run(["inspect", "--format", "{{.State.Status}}", id])) ?? "gone" }

    var isRunning: Bool { ["running", "paused", "restarting"].contains(state) }

    var ending: String { (try? Docker.run(["inspect", "--format", "status {{.State.ExitCode}}", id])) ?? "unknown" }

    /// A container that is stopped so does not start by itself, whatever its restart policy says.
    func signal(_ number: Int32) throws {
        switch number {
        case SIGSTOP: try pause()
        case SIGCONT: try Docker.run(["unpause", id])
        case SIGTERM: try Docker.run(["kill", "--signal", "TERM", id])
        default: try Docker.run(["kill", id])
        }
    }

    /// A busy kernel may not freeze a container in the time that the engine gives it.
    private func pause() throws {
        for _ in 0..<4 where (try? Docker.run(["pause", id])) != nil { return }
        try Docker.run(["pause", id])
    }

    func ended(within limit: Duration) async throws -> Bool {
        let deadline = ContinuousClock.now + limit
        while isRunning {
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(50))
        }
        return true
    }

    func lastLines() -> String { (try? Docker.run(["logs", "--tail", "2", id])) ?? "" }

    /// Starts the ended container again.
    func start() async throws { try await Docker.later(["start", id]) }
}
