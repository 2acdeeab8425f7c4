import SignalDomain

/// Rooms that this process left a while ago: a store that forgets its last writes may list members of ours there again.
struct DepartedRooms: Hashable, Sendable {
    private var recent: Set<RoomKey> = []
    private var older: Set<RoomKey> = []
    private var began: Int64 = 0

    var all: Set<RoomKey> { recent.union(older) }

    mutating func insert(_ key: RoomKey) { recent.insert(key) }

    /// Forgets what was inserted before the last whole `periodMs`.
    mutating func age(now: Int64, periodMs: Int64) {
        guard now - began >= periodMs else { return }
        began = now
        older = recent
        recent = []
    }
}
