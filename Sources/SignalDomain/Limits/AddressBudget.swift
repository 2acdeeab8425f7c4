/// What one node allows each client address: open connections at once, and messages per fixed window.
///
/// A plain value that its owner guards (one mutex per node). It holds an entry per address with an open connection or
/// a running window; `prune` drops the others, so its size follows the sockets and never the internet.
public struct AddressBudget: Sendable {
    public struct Limits: Hashable, Sendable {
        /// Open connections of one address; 0 = unlimited.
        public var maxConnections = 12
        /// Messages of one address in a window; 0 = unlimited.
        public var maxMessages = 300
        /// Milliseconds from the first message of a window to its end, or in which a spent budget refills.
        public var windowMs: Int64 = 60_000
        public var counting = MessageCounting.drop

        public init() {}
    }

    public var limits: Limits
    private var entries: [AddressKey: Entry] = [:]

    private struct Entry {
        var connections = 0
        var messages: MessageAllowance?
    }

    public init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Addresses that take memory.
    public var count: Int { entries.count }

    /// Takes a connection slot, or says no; a true answer needs exactly one `close`.
    ///
    /// - Parameter elsewhere: open connections of the same address on other nodes.
    public mutating func open(_ key: AddressKey, elsewhere: Int = 0) -> Bool {
        let open = entries[key]?.connections ?? 0
        let most = limits.maxConnections
        if most > 0, open >= most - min(max(elsewhere, 0), most) { return false }
        entries[key, default: Entry()].connections = open + 1
        return true
    }

    /// Gives a connection slot back; the running window stays, so that reconnecting buys no messages.
    public mutating func close(_ key: AddressKey) {
        guard var entry = entries[key] else { return }
        entry.connections = max(0, entry.connections - 1)
        entries[key] = entry.connections == 0 && entry.messages == nil ? nil : entry
    }

    /// Counts one message.
    ///
    /// - Parameters:
    ///   - cost: messages that it counts as.
    ///   - elsewhere: messages of the same address that other nodes counted in their running windows.
    ///   - nowMs: milliseconds of a clock that never goes back.
    public mutating func admitMessage(
        _ key: AddressKey, cost: Int = 1, elsewhere: Int = 0, nowMs: Int64
    ) -> Admission {
        guard limits.maxMessages > 0 else { return .admitted }
        var messages = entries[key]?.messages ?? MessageAllowance(limits, nowMs: nowMs)
        let verdict = messages.admit(cost, limits, elsewhere: elsewhere, nowMs: nowMs)
        entries[key, default: Entry()].messages = messages
        return verdict
    }

    /// Forgets windows that have passed and addresses that are gone; call it about once per window.
    public mutating func prune(nowMs: Int64) {
        entries = entries.compactMapValues { [limits] entry in
            var entry = entry
            if entry.messages?.used(limits, nowMs: nowMs) == 0 { entry.messages = nil }
            return entry.connections == 0 && entry.messages == nil ? nil : entry
        }
    }

    public func connections(of key: AddressKey) -> Int { entries[key]?.connections ?? 0 }

    /// What one address uses.
    public struct Load: Hashable, Sendable {
        public let key: AddressKey
        public let connections: Int
        /// In the running window.
        public let messages: Int
    }

    /// The addresses that use at least `connections` or `messages` (of a limit that exists), the busiest first, at most
    /// `limit`: what a node tells the others. Equal calls give the same order.
    public func busiest(connections: Int, messages: Int, limit: Int, nowMs: Int64) -> [Load] {
        var busy: [(load: Load, share: Double)] = []
        for (key, entry) in entries {
            let sent = entry.messages?.used(limits, nowMs: nowMs) ?? 0
            let isBusy =
                limits.maxConnections > 0 && entry.connections >= max(1, connections)
                || limits.maxMessages > 0 && sent >= max(1, messages)
            guard isBusy else { continue }
            let share = max(
                Double(entry.connections) / Double(max(1, limits.maxConnections)),
                Double(sent) / Double(max(1, limits.maxMessages)))
            busy.append((Load(key: key, connections: entry.connections, messages: sent), share))
        }
        return busy.sorted { ($0.share, $0.load.key) > ($1.share, $1.load.key) }.prefix(max(0, limit)).map(\.load)
    }
}
