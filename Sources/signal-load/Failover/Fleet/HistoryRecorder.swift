import FailoverHistory
import NIOCore
import Synchronization

/// Takes down what happens, with the one clock of the run.
///
/// Safe from any thread: the events are behind a mutex.
final class HistoryRecorder: Sendable {
    private let start = NIODeadline.now()
    private let events = Mutex<[Event]>([])

    /// Microseconds since the start of the run.
    var now: Int64 { (NIODeadline.now() - start).nanoseconds / 1_000 }

    func record(_ kind: Event.Kind) {
        let event = Event(at: now, kind)
        events.withLock { $0.append(event) }
    }

    /// Everything so far.
    func taken() -> [Event] { events.withLock { $0 } }
}
