import FailoverHistory

/// Asks every node again and again whether it is degraded, and records when the answer changes.
///
/// Safe from any thread: it holds nothing but its task.
struct HealthWatch: Sendable {
    private static let pause = Duration.milliseconds(200)
    private let task: Task<Void, Never>

    init(_ nodes: [NodeServer], recorder: HistoryRecorder) {
        let watched = nodes.map { ($0.name, $0.port) }
        task = Task {
            await withTaskGroup(of: Void.self) { group in
                for (name, port) in watched {
                    group.addTask { await Self.watch(name, port: port, recorder: recorder) }
                }
            }
        }
    }

    func end() { task.cancel() }

    private static func watch(_ name: String, port: Int, recorder: HistoryRecorder) async {
        var last = false
        while !Task.isCancelled {
            if let now = await NodeServer.isDegraded(port: port), now != last {
                recorder.record(.degraded(node: name, isDegraded: now))
                last = now
            }
            try? await Task.sleep(for: pause)
        }
    }
}
