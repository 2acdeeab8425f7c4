import Backplane
import NIOCore
import SignalDomain

/// What a session notes for operators who ask why two peers did not connect. Costs nothing when timelines are off.
extension Session {
    func note(_ what: RoomEvent.What, to peer: PeerID? = nil) {
        guard let timeline = state.value.timeline else { return }
        timeline.add(RoomEvent(at: now, what, from: seat.peer, to: peer))
    }

    /// A signal of this peer for some others, or for all.
    func noteSent(_ kind: SignalKind, to peers: [PeerID] = [], id: String? = nil) {
        guard let timeline = state.value.timeline else { return }
        let what = RoomEvent.What.sent(kind, isReliable: id != nil)
        if peers.isEmpty { timeline.add(RoomEvent(at: now, what, from: seat.peer)) }
        for peer in peers {
            let event = RoomEvent(at: now, what, from: seat.peer, to: peer)
            if let id { timeline.add(event, remembering: kind, of: id) } else { timeline.add(event) }
        }
    }

    /// A letter is on its way to the socket of this peer: a signal, or the news of one of its own.
    func noteDelivered(_ letter: Letter) {
        guard let timeline = state.value.timeline else { return }
        switch letter.kind {
        case .signal:
            let kind = letter.payload.withUnsafeReadableBytes { SignalKind(message: $0) }
            timeline.add(RoomEvent(at: now, .delivered(kind), from: letter.from, to: seat.peer))
        case .undeliverable:
            timeline.add(about: letter.id) { kind in
                RoomEvent(at: now, .undeliverable(kind), from: seat.peer, to: letter.from)
            }
        }
    }

    /// What became of a signal of this peer.
    func noteOutcome(of id: String?, to peer: PeerID, _ outcome: Outcome) {
        state.value.timeline?.add(about: id) { kind in
            RoomEvent(at: now, .outcome(kind, outcome), from: seat.peer, to: peer)
        }
    }

    func note(_ report: TelemetryReport) {
        guard report.iceState != nil || report.failureReason != nil else { return }
        note(.ice(report.iceState, report.failureReason, isRelayed: report.relayUsed), to: report.peer)
    }

    private var now: Int64 { node.clock.wall().milliseconds }
}
