import Backplane
import CoreMetrics
import NIOCore
import SignalDomain

/// What PeerJS clients say (docs/compatibility.md).
extension Session {
    func pass(_ message: ByteBuffer, _ socket: any SessionSocket) {
        countMessage()
        message.withUnsafeReadableBytes { bytes in
            let said = PeerJSMessage(bytes, limits: node.scanLimits)
            if case .heartbeat = said { return }
            switch charge() {
            case .paid: obey(said, bytes, socket)
            case .refused: refuse(said, .rateLimited, socket)
            case .postponed: break
            }
        }
    }

    private func obey(_ said: PeerJSMessage, _ bytes: UnsafeRawBufferPointer, _ socket: any SessionSocket) {
        switch said {
        case .heartbeat, .other: break
        case .goodbye:
            leave(.left(.left))
            socket.close(.normal)
        case .unreadable(let code): refuse(said, code, socket)
        case .signal(let signal):
            if let refusal = refusal(of: bytes) { return refuse(said, refusal, socket) }
            guard let peer = try? PeerID(peerJS: signal.to) else { return refuse(said, .invalidMessage, socket) }
            carryOut(
                state.value.queues.submit(
                    signal.text(from: seat.peer), to: peer, isVital: signal.isVital,
                    limits: node.configuration.peerJSLimits))
        }
    }

    /// An error would end the client, so what does not reach one peer is only said of that peer.
    private func refuse(_ said: PeerJSMessage, _ code: ErrorCode, _ socket: any SessionSocket) {
        node.metrics.rejected(code)
        switch said {
        case .signal(let signal):
            socket.send(SignalFrame.text(PeerJSAnswers.expire(from: signal.to, to: seat.peer)), from: nil)
        case .unreadable: socket.send(SignalFrame.text(PeerJSAnswers.error(code.sentence)), from: nil)
        case .heartbeat, .goodbye, .other: break
        }
    }

    /// The cluster knows what became of the first message for a peer.
    func passed(_ outcome: PassOutcome, to peer: PeerID) {
        carryOut(
            state.value.queues.answered(
                outcome, by: peer, now: node.clock.monotonicMs(), limits: node.configuration.peerJSLimits))
    }

    /// Looks after those who may have come meanwhile.
    func watchQueues() {
        guard dialect == .peerJS else { return }
        carryOut(
            state.value.queues.tick(now: node.clock.monotonicMs(), limits: node.configuration.peerJSLimits))
    }

    private func carryOut(_ actions: [PeerJSQueues.Action]) {
        guard case .open(let socket) = state.value.phase else { return }
        for action in actions {
            switch action {
            case .pass(let text, let peer):
                guard let room = try? seat.room.besides(peer) else { continue }
                let parcel = Parcel(place: Place(room: room, peer: peer), payload: ByteBuffer(bytes: text))
                node.clusters[room].post(.parcel(parcel, self))
            case .expire(let peer):
                let text = PeerJSAnswers.expire(from: peer.peerJSText, to: seat.peer)
                socket.send(SignalFrame.text(text), from: nil)
            }
        }
    }
}
