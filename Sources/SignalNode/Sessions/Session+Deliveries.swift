import Backplane
import NIOCore
import SignalDomain

/// What the cluster says to a session of dialect 2.
extension Session {
    /// Members of one page of a list.
    static let pageSize = 500

    /// The session has its place. Only now it reads what else arrived, and its client is read again.
    func welcome(_ arrival: Arrival) {
        guard case .open(let socket) = state.value.phase, let token = state.value.conversation?.resumeToken else {
            return
        }
        let pages = list(arrival.members)
        let welcome = node.welcome(
            arrival, members: pages.first ?? [], hasMore: pages.count > 1, resumeToken: token,
            grants: state.value.principal.grants, ice: iceServers())
        note(arrival.isResumed ? .resumed : .joined(.two))
        socket.send(SignalFrame.text(welcome.json), from: nil)
        for text in rest(of: pages, version: arrival.version) { socket.send(SignalFrame.text(text), from: nil) }
        let kept = state.value.conversation?.welcome()
        for frame in kept?.frames ?? [] { socket.send(frame, from: nil) }
        for message in kept?.messages ?? [] { receive(message) }
    }

    /// A room in pages, for this client; it is told of none but its members.
    private func list(_ members: [PeerID: Roster.Entry]) -> [[PresenceEntry]] {
        let entries = members.sorted { $0.key.text < $1.key.text }.map { entry($0.key, $0.value) }
        state.value.conversation?.members = entries.count + 1
        return stride(from: 0, to: entries.count, by: Self.pageSize).map {
            Array(entries[$0..<min($0 + Self.pageSize, entries.count)])
        }
    }

    /// The messages that follow the first page.
    private func rest(of pages: [[PresenceEntry]], version: UInt64) -> [[UInt8]] {
        pages.enumerated().dropFirst().map { index, page in
            ServerMessages.members(page, more: index < pages.count - 1, version: version)
        }
    }

    /// Replaces all that the client was told of its room.
    func show(_ room: RoomList, besides watcher: PeerID) {
        let pages = list(room.members.filter { $0.key != watcher })
        say(ServerMessages.resync(pages.first ?? [], more: pages.count > 1, version: room.version))
        for text in rest(of: pages, version: room.version) { say(text) }
    }

    private func entry(_ peer: PeerID, _ entry: Roster.Entry) -> PresenceEntry {
        PresenceEntry(
            peer: peer, polite: seat.peer.isPolite(toward: peer, speaking: entry.isLegacy ? .one : .two),
            since: entry.since, away: entry.isAway, metadata: entry.metadata)
    }

    func show(_ event: PresenceEvent, _ version: UInt64) {
        let text =
            switch event {
            case .joined(let peer, let new): ServerMessages.peerJoined(entry(peer, new), version: version)
            case .left(let peer, let reason):
                ServerMessages.peerLeft(peer, reason: reason.rawValue, version: version)
            case .updated(let peer, let metadata, let isAway):
                ServerMessages.peerUpdated(peer, metadata: metadata, away: isAway, version: version)
            }
        switch event {
        case .joined: state.value.conversation?.members += 1
        case .left: state.value.conversation?.members -= 1
        case .updated: break
        }
        say(text)
    }

    /// A letter for this peer; a client of dialect 1 gets no number. A peer that may not read never sees it, and the
    /// node confirms in its place, so that nothing waits for it.
    func deliver(_ letter: Letter, sequence: UInt64?) {
        guard grants.contains(.read) else {
            if dialect == .two, let sequence { cluster.post(.confirmed(sequence, self)) }
            return
        }
        node.metrics.delivered(1)
        noteDelivered(letter)
        guard dialect == .two, let sequence else { return deliver(SignalFrame.text(letter.payload), from: nil) }
        deliver(SignalFrame.text(letter.payload, sequence: sequence), from: nil)
    }

    /// What became of a signal of this peer.
    func report(id: String?, to peer: PeerID, _ outcome: Outcome) {
        noteOutcome(of: id, to: peer, outcome)
        switch outcome {
        case .stored: say(ServerMessages.ack(id: id ?? "null", to: peer, level: .stored))
        case .received: say(ServerMessages.ack(id: id ?? "null", to: peer, level: .received))
        case .written: say(ServerMessages.ack(id: id ?? "null", to: peer, level: .written))
        case .refused(let refusal): say(ServerMessages.nack(id: id, to: peer, code: .init(refusal)))
        }
    }

    /// The socket will close: the client may move before.
    func announceClose(_ reason: CloseReason, deadlineMs: Int64, retryAfterMs: Int64) {
        guard dialect == .two else { return }
        say(ServerMessages.goAway(reason: reason, deadlineMs: deadlineMs, retryAfterMs: retryAfterMs))
    }

    private func say(_ text: [UInt8]) { deliver(SignalFrame.text(text), from: nil) }
}

extension ServerMessages.NackCode {
    init(_ refusal: Outcome.Refusal) {
        switch refusal {
        case .notFound: self = .notFound
        case .full: self = .full
        case .degraded: self = .degraded
        case .timeout: self = .timeout
        }
    }
}
