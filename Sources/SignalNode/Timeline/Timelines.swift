import Backplane
import SignalDomain
import Synchronization

/// The timelines of the rooms that this node has served last, also of some that are empty by now.
///
/// Safe from any thread: one `Mutex` guards the table and is held for a look-up; each timeline has another one. At most
/// `rooms` timelines of `events` events each are kept, about 64 bytes per event and at most 4 KiB per room.
final class Timelines: Sendable {
    private struct Kept {
        let timeline: RoomTimeline
        var openedLast: UInt64
    }

    private struct State {
        var kept: [RoomKey: Kept] = [:]
        var opened: UInt64 = 0
    }

    private let rooms: Int
    private let events: Int
    private let state = Mutex(State())

    init(_ configuration: NodeConfiguration.Console) {
        rooms = configuration.timelineRooms
        events = configuration.timelineEvents
    }

    /// The timeline of a room that peers enter; the room that nobody has entered for the longest time gives its place.
    /// Nil when timelines are off, and for clients of other servers, of whom many are alone in their rooms.
    func open(_ room: RoomKey) -> RoomTimeline? {
        guard rooms > 0, events > 0, !room.isOfOtherClients else { return nil }
        return state.withLock { state in
            state.opened += 1
            if let known = state.kept[room] {
                state.kept[room]?.openedLast = state.opened
                return known.timeline
            }
            if state.kept.count >= rooms, let first = state.kept.min(by: { $0.value.openedLast < $1.value.openedLast })
            {
                first.value.timeline.close()
                state.kept[first.key] = nil
            }
            let timeline = RoomTimeline(events: events)
            state.kept[room] = Kept(timeline: timeline, openedLast: state.opened)
            return timeline
        }
    }

    subscript(room: RoomKey) -> RoomTimeline? { state.withLock { $0.kept[room]?.timeline } }
}

/// What happened last in one room, as far as this node has seen it. Safe from any thread: one `Mutex`.
final class RoomTimeline: Sendable {
    /// Nil once another room has its place.
    private let ring: Mutex<EventRing?>

    init(events: Int) { ring = Mutex(EventRing(capacity: events)) }

    func add(_ event: RoomEvent) { ring.withLock { $0?.add(event) } }

    /// A signal with an `id`, whose outcome will be told.
    func add(_ event: RoomEvent, remembering kind: SignalKind, of id: String) {
        ring.withLock { ring in
            ring?.remember(kind, of: id)
            ring?.add(event)
        }
    }

    /// Something about the signal with this `id`, whose kind is filled in.
    func add(about id: String?, _ event: (SignalKind) -> RoomEvent) {
        ring.withLock { ring in
            guard let kind = ring?.kind(of: id) else { return }
            ring?.add(event(kind))
        }
    }

    /// What concerns these two, in the order of its beginnings.
    func events(between one: PeerID, and other: PeerID) -> [RoomEvent] {
        (ring.withLock { $0?.inOrder } ?? []).filter { $0.concerns(one, other) }
    }

    /// Gives the memory back; from now on nothing is kept.
    fileprivate func close() { ring.withLock { $0 = nil } }
}
