import Dispatch
import Foundation
import Synchronization

/// Everything that this harness has started, so that it can end all of it, whatever happens.
///
/// Safe from any thread: the list is behind a mutex.
final class ProcessLedger: Sendable {
    static let shared = ProcessLedger()

    private let processes = Mutex<[ManagedProcess]>([])
    private let ends = Mutex<[@Sendable () -> Void]>([])

    func add(_ process: ManagedProcess) {
        processes.withLock { $0.append(process) }
    }

    /// Something else to do at the end, when no process runs any more.
    func addEnd(_ end: @escaping @Sendable () -> Void) {
        ends.withLock { $0.append(end) }
    }

    /// Ends exactly the processes of this harness, by process id, and waits until they are gone; then all the rest.
    func endAll() {
        let all = processes.withLock { list in
            defer { list = [] }
            return list
        }
        let rest = ends.withLock { list in
            defer { list = [] }
            return list
        }
        defer { for end in rest { end() } }
        for process in all.reversed() { process.signal(SIGKILL) }
        let deadline = Date().addingTimeInterval(5)
        while all.contains(where: \.isRunning), Date() < deadline { usleep(2_000) }
    }

    /// From now on SIGINT and SIGTERM end the processes and then the harness.
    ///
    /// - Returns: keep it as long as the run lasts.
    func endOnSignals() -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                ProcessLedger.shared.endAll()
                exit(128 + number)
            }
            source.resume()
            return source
        }
    }
}
