import NIOCore
import SignalDomain

/// The sessions of one event loop, by room. Confined to that loop.
final class LoopShard {
    /// The way to a shard: for its own sessions directly, for everybody else by `execute`.
    struct Handle: Sendable {
        let index: Int
        let loop: any EventLoop
        private let bound: NIOLoopBoundBox<LoopShard>

        init(index: Int, loop: any EventLoop, directory: RoomDirectory, timelines: Timelines, clock: NodeClock) {
            self.index = index
            self.loop = loop
            bound = .makeBoxSendingValue(
                LoopShard(index: index, directory: directory, timelines: timelines, clock: clock), eventLoop: loop)
        }

        /// Only on the shard's loop.
        var shard: LoopShard { bound.value }

        /// Runs `body` on the shard's loop in the order of the calls, also from this loop itself: what the cluster says
        /// to sessions keeps its order where both share a loop.
        func onLoop(_ body: @escaping @Sendable (LoopShard) -> Void) {
            loop.execute { body(bound.value) }
        }
    }

    private struct Room {
        let route: RoomRoute
        let timeline: RoomTimeline?
        var sessions: [Session] = []
    }

    private let index: Int
    private let directory: RoomDirectory
    private let timelines: Timelines
    private let clock: NodeClock
    private var rooms: [RoomKey: Room] = [:]

    init(index: Int, directory: RoomDirectory, timelines: Timelines, clock: NodeClock) {
        self.index = index
        self.directory = directory
        self.timelines = timelines
        self.clock = clock
    }

    func route(of key: RoomKey) -> RoomRoute? { rooms[key]?.route }

    func sessions(in key: RoomKey) -> [Session] { rooms[key]?.sessions ?? [] }

    var sessions: [Session] { rooms.values.flatMap(\.sessions) }

    func enter(_ session: Session) {
        let key = session.seat.room
        rooms[
            key, default: Room(route: directory.enter(key, shard: index), timeline: timelines.open(key))
        ].sessions.append(session)
        rooms[key]?.route.update { $0.membersHere += 1 }
        session.state.value.timeline = rooms[key]?.timeline
    }

    func exit(_ session: Session) {
        let key = session.seat.room
        guard let position = rooms[key]?.sessions.firstIndex(where: { $0 === session }) else { return }
        rooms[key]?.sessions.remove(at: position)
        rooms[key]?.route.update { $0.membersHere -= 1 }
        guard rooms[key]?.sessions.isEmpty == true else { return }
        rooms[key] = nil
        directory.exit(key, shard: index)
    }

    /// Hands a frame to every session of the room on this loop but those of the sending peer; answers how many.
    func deliver(_ envelope: Envelope) -> Int {
        guard let room = rooms[envelope.room] else { return 0 }
        var count = 0
        for session in room.sessions where session.seat.peer != envelope.peer {
            if let audience = envelope.audience, audience != session.dialect { continue }
            guard session.grants.contains(.read) else { continue }
            session.deliver(envelope.frame, from: envelope.sender)
            count += 1
        }
        if count > 0, let timeline = room.timeline {
            let kind = envelope.payload.withUnsafeReadableBytes { SignalKind(message: $0) }
            let event = RoomEvent(at: clock.wall().milliseconds, .delivered(kind), from: envelope.peer, count: count)
            timeline.add(event)
        }
        return count
    }
}
