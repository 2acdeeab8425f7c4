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

    private let index: Int
    private let directory: RoomDirectory
    private let timelines: Timelines
    private let clock: NodeClock
    private var rooms: [RoomKey: LocalRoom] = [:]

    init(index: Int, directory: RoomDirectory, timelines: Timelines, clock: NodeClock) {
        self.index = index
        self.directory = directory
        self.timelines = timelines
        self.clock = clock
    }

    func sessions(in key: RoomKey) -> [Session] { rooms[key]?.sessions ?? [] }

    var sessions: [Session] { rooms.values.flatMap(\.sessions) }

    func enter(_ session: Session) {
        let key = session.seat.room
        let room =
            rooms[key]
            ?? LocalRoom(route: directory.enter(key, shard: index), timeline: timelines.open(key), clock: clock)
        rooms[key] = room
        room.enter(session)
        session.state.value.room = room
        session.state.value.timeline = room.timeline
    }

    func exit(_ session: Session) {
        let key = session.seat.room
        session.state.value.room = nil
        guard let room = rooms[key], room.exit(session), room.sessions.isEmpty else { return }
        rooms[key] = nil
        directory.exit(key, shard: index)
    }

    /// Hands a signal from elsewhere to its receivers on this loop; answers how many.
    func deliver(_ envelope: Envelope) -> Int {
        rooms[envelope.room]?.deliver(
            envelope.frame, of: envelope.kind, from: envelope.peer, sender: envelope.sender, to: envelope.audience) ?? 0
    }
}
