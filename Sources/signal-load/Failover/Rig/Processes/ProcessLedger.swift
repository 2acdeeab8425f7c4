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
    /// Held while everything is ended, so that nobody leaves before that is done.
    private let ending = Mutex(())

    func add(_ process: ManagedProcess) {
        processes.withLock { $0.append(process) }
    }

    /// Something else to do at the end, when no process runs any more; it does not ask for the end itself.
    func addEnd(_ end: @escaping @Sendable () -> Void) {
        ends.withLock { $0.append(end) }
    }

    /// Ends exactly the processes of this harness, by process id, and waits until they are gone; then all the rest.
    func endAll() {
        ending.withLock { _ in endAllAtOnce() }
    }

    private func endAllAtOnce() {
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

    /// From now on SIGINT, SIGTERM and SIGHUP end the processes and then the harness.
    ///
    /// - Parameter interrupt: gets the first signal; who asks a second time does not wait for what it does.
    /// - Returns: keep it as long as the run lasts.
    func endOnSignals(_ interrupt: (@Sendable () -> Void)? = nil) -> [any DispatchSourceSignal] {
        let first = FirstSignal(interrupt)
        return [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if let interrupt = first.taken() { return interrupt() }
                ProcessLedger.shared.endAll()
                exit(128 + number)
            }
            source.resume()
            return source
        }
    }
}

/// What the first of several signals does.
///
/// Safe from any thread: it is behind a mutex.
private final class FirstSignal: Sendable {
    private let interrupt: Mutex<(@Sendable () -> Void)?>

    init(_ interrupt: (@Sendable () -> Void)?) { self.interrupt = Mutex(interrupt) }

    /// What to do, once.
    func taken() -> (@Sendable () -> Void)? {
        interrupt.withLock { interrupt in
            defer { interrupt = nil }
            return interrupt
        }
    }
}
