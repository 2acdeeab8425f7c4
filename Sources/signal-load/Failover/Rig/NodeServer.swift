/// A node of the rig; a new process takes the name and port of one that has ended.
///
/// Confined to the task that runs the failover rounds.
struct NodeServer {
    let name: String
    /// Where the harness reaches it, beside the edge.
    let port: Int
    private(set) var process: any ServerProcess
    private let launch: @Sendable () async throws -> any ServerProcess

    /// Starts the node as a process of this machine; `awaitReady` tells when it serves.
    ///
    /// - Parameter environment: over that of the harness.
    init(_ name: String, port: Int, binary: String, environment: [String: String], directory: String) async throws {
        let environment = environment.merging(["HOST": "127.0.0.1", "PORT": "\(port)", "NODE_NAME": name]) { $1 }
        let launch = { @Sendable in
            try await ManagedProcess(name, [binary], environment: environment, log: "\(directory)/\(name).log")
        }
        (self.name, self.port, self.launch) = (name, port, launch)
        process = try await launch()
    }

    /// A node in a container that runs.
    init(_ container: ContainerProcess, port: Int) {
        (name, self.port, process) = (container.name, port, container)
        launch = {
            try await container.start()
            return container
        }
    }

    /// Starts a fresh process under the same name; after `process` has ended.
    mutating func startAgain() async throws { process = try await launch() }

    /// Sends a signal to the process.
    func signal(_ number: Int32) throws { try process.signal(number) }

    /// Waits until it takes sockets and Redis knows it.
    func awaitReady(within limit: Duration = .seconds(20)) async throws {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if try await isReady() { return }
            guard process.isRunning else { throw RigFailure("\(name) ended at its start: \(process.lastLines())") }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw RigFailure("\(name) is not ready after \(limit): \(process.lastLines())")
    }

    private func isReady() async throws -> Bool {
        (try? await Question.get("/readyz", port: port))?.status == 200
    }

    /// Whether `/health` says that Redis is away; nil when the node does not answer.
    static func isDegraded(port: Int) async -> Bool? {
        guard let health = try? await Question.get("/health", port: port), health.status == 200 else { return nil }
        return health.body.contains(#""degraded":true"#)
    }

    /// What its `/metrics` say of the process and its leases; nil when it does not answer.
    func usage() async -> NodeUsage? {
        guard let metrics = try? await Question.get("/metrics", port: port), metrics.status == 200 else { return nil }
        return NodeUsage(metrics: metrics.body)
    }
}

/// What a node has used since its start.
struct NodeUsage: Equatable {
    var residentBytes: Int
    var cpuMicros: Int
    /// Leases that the node lost and replaced: each time its writes were fenced.
    var refences: Int

    /// Reads the Prometheus text of a node; nil when a value is missing.
    init?(metrics: Substring) {
        let lines = metrics.split(whereSeparator: \.isNewline)
        func value(_ name: String) -> Double? {
            lines.first { $0.hasPrefix("\(name) ") }.flatMap { Double($0.dropFirst(name.count + 1)) }
        }
        guard let bytes = value("process_resident_memory_bytes"), let seconds = value("process_cpu_seconds_total"),
            let refences = value("bs_cluster_refences_total")
        else { return nil }
        (residentBytes, cpuMicros, self.refences) = (Int(bytes), Int(seconds * 1e6), Int(refences))
    }
}
