/// In which order Sentinels are asked: the one that answered last comes first.
///
/// A pure value.
struct SentinelRotation {
    private(set) var order: [RedisEndpoint]
    private var turns = 0

    /// - Parameter order: Not empty.
    init(_ order: [RedisEndpoint]) {
        self.order = order
    }

    mutating func promote(_ sentinel: RedisEndpoint) {
        guard let place = order.firstIndex(of: sentinel) else { return }
        order.insert(order.remove(at: place), at: 0)
    }

    /// One after the other, for a listener that needs any of them and leaves the silent ones.
    mutating func next() -> RedisEndpoint? {
        guard !order.isEmpty else { return nil }
        defer { turns = (turns + 1) % order.count }
        return order[turns % order.count]
    }
}
