/// Which reliable signals a client has already shown to its caller: the last 1,024 of each source session.
///
/// A set, not a high-water mark: after a failover the fifth signal may come after the sixth.
struct RecentSignals {
    static let limitPerSource = 1_024

    private var sources: [String: Recent] = [:]

    fileprivate struct Recent {
        var ids: Set<String> = []
        var order: [String] = []
        /// The oldest id, once the order is full.
        var oldest = 0
    }

    /// Notes a signal; false when it has been noted before.
    mutating func insert(source: String, id: String) -> Bool {
        sources[source, default: Recent()].insert(id)
    }
}

extension RecentSignals.Recent {
    mutating func insert(_ id: String) -> Bool {
        guard ids.insert(id).inserted else { return false }
        if order.count < RecentSignals.limitPerSource {
            order.append(id)
        } else {
            ids.remove(order[oldest])
            order[oldest] = id
            oldest = (oldest + 1) % RecentSignals.limitPerSource
        }
        return true
    }
}
