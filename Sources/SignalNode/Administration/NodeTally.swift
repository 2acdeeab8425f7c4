import SignalDomain
import Synchronization

/// What the node has counted since its start, for consoles that plot differences. Safe from any thread: every number is
/// atomic by itself.
final class NodeTally: Sendable {
    enum Row: Int, CaseIterable, Sendable {
        case received, delivered, joins, leaves
        case iceSucceeded, iceFailed, relayed
        case timeout, candidatePairFailed, signalingFailed, unknown, other

        init(_ reason: FailureReason) {
            self =
                switch reason {
                case .timeout: .timeout
                case .candidatePairFailed: .candidatePairFailed
                case .signalingFailed: .signalingFailed
                case .unknown: .unknown
                case .other: .other
                }
        }
    }

    private let received = Atomic<Int>(0)
    private let delivered = Atomic<Int>(0)
    private let rare = Mutex([Int](repeating: 0, count: Row.allCases.count))
    private let roundTripMicros = Atomic<Int>(0)

    func add(_ count: Int, to row: Row) {
        switch row {
        case .received: received.wrappingAdd(count, ordering: .relaxed)
        case .delivered: delivered.wrappingAdd(count, ordering: .relaxed)
        default: rare.withLock { $0[row.rawValue] &+= count }
        }
    }

    func noteRoundTrip(microseconds: Int) { roundTripMicros.store(microseconds, ordering: .relaxed) }

    /// `received`, `delivered`, `joins`, `leaves`, `ice` and the last `roundTripMs` of the backplane, as members.
    func add(to object: inout JSONObjectText) {
        let rare = rare.withLock { $0 }
        object.add("received", received.load(ordering: .relaxed))
        object.add("delivered", delivered.load(ordering: .relaxed))
        object.add("joins", rare[Row.joins.rawValue])
        object.add("leaves", rare[Row.leaves.rawValue])
        object.add("roundTripMs", json: String(Double(roundTripMicros.load(ordering: .relaxed)) / 1_000))
        var ice = JSONObjectText()
        ice.add("succeeded", rare[Row.iceSucceeded.rawValue])
        ice.add("failed", rare[Row.iceFailed.rawValue])
        ice.add("relayed", rare[Row.relayed.rawValue])
        ice.add("timeout", rare[Row.timeout.rawValue])
        ice.add("candidatePairFailed", rare[Row.candidatePairFailed.rawValue])
        ice.add("signalingFailed", rare[Row.signalingFailed.rawValue])
        ice.add("unknown", rare[Row.unknown.rawValue])
        ice.add("other", rare[Row.other.rawValue])
        object.add("ice", ice)
    }
}
