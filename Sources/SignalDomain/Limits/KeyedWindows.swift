/// A budget per key: so many events in each fixed window.
///
/// A plain value that its owner guards. It holds an entry per key with a running window; `prune` drops the others. While
/// it is full of running windows, keys that it does not know are refused: memory stays bounded, whoever asks.
public struct KeyedWindows<Key: Hashable & Sendable>: Sendable {
    /// Events of one key in a window; 0 = unlimited.
    public let limit: Int
    /// Milliseconds from the first event of a window to its end.
    public let windowMs: Int64
    /// Keys that take memory at once.
    public let maxKeys: Int
    private var windows: [Key: FixedWindow] = [:]

    public init(limit: Int, windowMs: Int64 = 60_000, maxKeys: Int = 100_000) {
        self.limit = limit
        self.windowMs = windowMs
        self.maxKeys = maxKeys
    }

    /// Keys that take memory.
    public var count: Int { windows.count }

    /// Counts one event.
    ///
    /// - Parameter nowMs: milliseconds of a clock that never goes back.
    public mutating func admit(_ key: Key, nowMs: Int64) -> Admission {
        guard limit > 0 else { return .admitted }
        if windows.count >= maxKeys, windows[key] == nil { prune(nowMs: nowMs) }
        guard windows.count < maxKeys || windows[key] != nil else { return .refused(retryAfterMs: windowMs) }
        var window = windows[key] ?? FixedWindow(startedMs: nowMs)
        let verdict = window.admit(limit: limit, windowMs: windowMs, nowMs: nowMs)
        windows[key] = window
        return verdict
    }

    /// Forgets windows that have passed.
    public mutating func prune(nowMs: Int64) {
        windows = windows.filter { !$0.value.isOver(windowMs: windowMs, nowMs: nowMs) }
    }
}
