import Backplane
public import SignalDomain

/// What operators and moderators may see of one room, and the events of this node.
extension Node {
    /// `{namespace,room,kind,peers,members:[{peerId,node,since,away,dialect}]}`, for an operator or a moderator of the
    /// room.
    public func roomPage(_ room: RoomKey, for caller: Caller) async throws(Refusal) -> [UInt8] {
        try await audited(look(at: "room", in: room, from: caller.client)) { (entry) async throws(Refusal) in
            _ = try authorize(
                try await identify(caller, needing: .moderate, for: &entry), in: room, needing: .moderate)
        }
        guard case .success(.snapshot(let snapshot)) = await clusters[room].ask(.sync(room)) else {
            throw .unavailable(retryAfterSeconds: retryAfterSeconds)
        }
        let names = try await nodeNames(of: clusters[room])
        var object = JSONObjectText()
        object.add("namespace", room.namespace)
        object.add("room", room.room)
        object.add("kind", rules(for: room).kind.rawValue)
        object.add("peers", snapshot.members.count)
        object.add(
            "members",
            snapshot.members.sorted { $0.key.text < $1.key.text }.map { peer, record in
                var member = JSONObjectText()
                member.add("peerId", peer.text)
                member.add("node", names[record.node] ?? record.node.text)
                member.add("since", record.joinedAt)
                member.add("away", record.flags.contains(.away))
                member.add("dialect", record.flags.contains(.legacy) ? 1 : 2)
                return member
            })
        return object.closed
    }

    /// What happens in the cluster from now on, for an operator; ends when it is read too slowly.
    public func listen(for caller: Caller) async throws(Refusal) -> AsyncStream<[UInt8]> {
        try await admitLook(at: "events", by: caller)
        guard let stream = events.listen(as: caller.client) else { throw .tooManyListeners }
        // The other nodes hear at once that somebody listens.
        Task { await self.watchCluster() }
        return stream
    }
}

extension Refusal {
    static let tooManyListeners = Refusal(
        status: 429, code: "too_many_listeners", title: "Too Many Requests",
        sentence: "So many streams of events are open on this node that there is no other one.", retryAfterSeconds: 5)
}
