import NIOCore
import SignalDomain

/// The sessions of one room on one event loop. Confined to that loop.
final class LocalRoom {
    let route: RoomRoute
    let timeline: RoomTimeline?
    private let clock: NodeClock
    private(set) var sessions: [Session] = []

    init(route: RoomRoute, timeline: RoomTimeline?, clock: NodeClock) {
        self.route = route
        self.timeline = timeline
        self.clock = clock
    }

    func enter(_ session: Session) {
        sessions.append(session)
        route.update { $0.membersHere += 1 }
    }

    /// Whether the session was here.
    func exit(_ session: Session) -> Bool {
        guard let position = sessions.firstIndex(where: { $0 === session }) else { return false }
        sessions.remove(at: position)
        route.update { $0.membersHere -= 1 }
        return true
    }

    /// Hands a frame to every session but those of the sending peer; answers how many.
    ///
    /// - Parameters:
    ///   - kind: what the message inside is for; nil = it is looked up when somebody wants to know.
    ///   - sender: whose socket waits when the way to the receivers is full; nil = it is on another node.
    ///   - audience: the only receivers; nil = everybody.
    func deliver(
        _ frame: ByteBuffer, of kind: SignalKind?, from peer: PeerID, sender: Session?, to audience: Dialect?
    ) -> Int {
        var count = 0
        for session in sessions where session !== sender && session.seat.peer != peer {
            if let audience, audience != session.dialect { continue }
            guard session.mayRead else { continue }
            session.deliver(frame, from: sender)
            count += 1
        }
        if count > 0, let timeline {
            let kind = kind ?? SignalFrame.payload(of: frame).withUnsafeReadableBytes { SignalKind(message: $0) }
            timeline.add(RoomEvent(at: clock.wall().milliseconds, .delivered(kind), from: peer, count: count))
        }
        return count
    }
}
