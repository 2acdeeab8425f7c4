import Backplane
import NIOCore
import SignalDomain

/// How decisions of moderators take effect on this node.
extension Node {
    /// What holds for a peer in a room now.
    func verdict(
        on principal: Principal, peer: PeerID?, from address: AddressKey, in room: RoomKey
    ) -> Sanctions.Verdict {
        moderation.verdict(on: principal, peer: peer, in: room, now: clock.wall().milliseconds) { code(of: address) }
    }

    /// Whether a moderator has taken the word from somebody in a room.
    func isMuted(_ principal: Principal, as peer: PeerID, from address: AddressKey, in room: RoomKey) -> Bool {
        // What has run out is no part of a verdict.
        verdict(on: principal, peer: peer, from: address, in: room).mutedUntil != 0
    }

    /// Whether a moderator's decision stands against what somebody wants to do in a room. Operators are above decisions,
    /// and whoever may reopen a room finds it open.
    func check(
        _ principal: Principal, as peer: PeerID?, in room: RoomKey, from client: ClientAddress, needing needed: Grants
    ) throws(Refusal) {
        guard !principal.isOperator else { return }
        switch verdict(on: principal, peer: peer, from: AddressKey(client), in: room).closing {
        case .banned: throw .banned
        case .tokenRevoked: throw .tokenRevoked
        case .roomClosed where needed.isDisjoint(with: [.moderate, .delete]): throw .roomClosed
        default: break
        }
    }

    /// A shard answers again: its decisions hold here too, and it hears of those that it has lost.
    ///
    /// - Parameter shard: its place in the map of shards.
    func recall(_ stored: [SanctionEntry], of shard: Int) -> [SanctionEntry] {
        let lost = moderation.merge(stored, of: shard, now: clock.wall().milliseconds)
        review(nil)
        useClusterBlocks()
        return lost
    }

    /// Another node, or this one, passes on what a moderator decided.
    func heard(_ frame: InboxFrame) {
        switch frame {
        case .sanction(let entry): take(entry)
        case .kick(let room, let peer):
            clusters[room].expel(room, .peer(peer), .kicked)
            events.publish(.kicked(peer, in: room))
        default: break
        }
    }

    /// Applies a decision unless it is known.
    func take(_ entry: SanctionEntry) {
        guard moderation.apply(entry) else { return }
        events.publish(.decided(entry))
        if entry.sanction.kind == .block { return useClusterBlocks() }
        review(entry.sanction.room)
        guard !entry.isLifted, let room = entry.sanction.room else { return }
        // Members without a socket are not reviewed, for only their sessions know who they are in full: a holder of a token
        // whose address is banned stays listed until its window is over.
        switch (entry.sanction.kind, entry.sanction.target) {
        case (.ban, .peer(let peer)): clusters[room].expel(room, .peer(peer), .banned)
        case (.ban, .subject(let subject)):
            clusters[room].expel(room, .detached(owner: owner(ofSubject: subject)), .banned)
        case (.ban, .address(let code)): clusters[room].expel(room, .detached(owner: code), .banned)
        case (.closure, .room): clusters[room].expel(room, .everybody, .roomClosed)
        default: break
        }
    }

    /// Looks at the sessions and watches of a room, or at all, in the light of what is decided now.
    private func review(_ room: RoomKey?) {
        for handle in shards {
            handle.onLoop { shard in
                for session in room.map(shard.sessions(in:)) ?? shard.sessions { session.reviewSanctions() }
            }
        }
        reviewWatches(of: room)
    }

    /// Keeps the streams of events alive, and forgets the decisions that are over.
    func keepModeration() {
        shards.first?.loop.scheduleRepeatedTask(initialDelay: .seconds(15), delay: .seconds(15)) { [weak self] task in
            guard let self else { return task.cancel() }
            events.beat()
            moderation.prune(now: clock.wall().milliseconds)
        }
    }
}

extension Session {
    /// Whether a moderator has taken the word from this peer.
    var isMuted: Bool {
        let until = state.value.mutedUntil
        return until != 0 && node.clock.wall().milliseconds < until
    }

    /// Ends, or mutes, or lets go on, by what is decided now.
    func reviewSanctions() {
        guard case .open = state.value.phase else { return }
        let verdict = node.verdict(
            on: state.value.principal, peer: seat.peer, from: seat.address, in: seat.room)
        state.value.mutedUntil = verdict.mutedUntil
        if let reason = verdict.closing, !state.value.principal.isOperator { expel(reason, showing: .kicked) }
    }
}
