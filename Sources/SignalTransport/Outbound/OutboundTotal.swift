import Synchronization

/// The bytes that wait for slow receivers on the whole node; every socket adds only what its flushes leave behind.
///
/// Safe from any event loop: one atomic, relaxed, because it is a budget and orders nothing.
final class OutboundTotal: Sendable {
    private let waiting = Atomic<Int>(0)
    /// 0 = no bound.
    private let limitBytes: Int

    init(limitBytes: Int) { self.limitBytes = limitBytes }

    var bytes: Int { waiting.load(ordering: .relaxed) }

    /// Whether the node is over its budget.
    var isOver: Bool { limitBytes > 0 && bytes > limitBytes }

    /// Adds a change; true when the node is over its budget afterwards.
    func add(_ change: Int) -> Bool {
        let total = waiting.wrappingAdd(change, ordering: .relaxed).newValue
        return limitBytes > 0 && total > limitBytes
    }
}
