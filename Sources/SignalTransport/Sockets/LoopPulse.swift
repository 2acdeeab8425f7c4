import NIOCore
import Synchronization

/// The sign of life of one event loop: written by its timer, read by `/livez`.
///
/// Safe from any thread: one relaxed atomic.
final class LoopPulse: Sendable {
    /// A loop that has not turned for so long is stuck.
    static let patience = TimeAmount.seconds(10)

    private let lastBeat = Atomic<UInt64>(NIODeadline.now().uptimeNanoseconds)

    func beat(at now: NIODeadline) { lastBeat.store(now.uptimeNanoseconds, ordering: .relaxed) }

    func isAlive(at now: NIODeadline) -> Bool {
        now - .uptimeNanoseconds(lastBeat.load(ordering: .relaxed)) < Self.patience
    }
}
