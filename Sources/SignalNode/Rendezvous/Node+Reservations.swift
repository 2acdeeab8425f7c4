import Backplane
import SignalDomain

/// How many records an address, and in how many rooms an owner may have: lists over the whole cluster, which are read
/// and written beside the room's own step, so that they may be exceeded by as many requests as run at the same time.
extension Node {
    /// Enters a registration in the lists.
    ///
    /// A list whose shard is away limits nothing: it guards against abuse, and its absence must not stop the rooms of
    /// other shards.
    ///
    /// - Returns: the lines that would have to go if the registration fails: those that were not there before.
    func reserve(
        _ registration: RendezvousRegistration, in room: RoomKey, from client: ClientAddress,
        _ registrant: AuthorizedCaller
    ) async throws(Refusal) -> [RendezvousReservation] {
        let mostRecords = mostRecords(of: client)
        var record = line(of: registration.peer, in: room, from: client)
        record.ttlMs = registration.ttlMs
        var added: [RendezvousReservation] = []
        if isLimitedInRooms(registrant, from: client) {
            var (rooms, peers) = lines(of: registrant.owner, registration.peer, in: room)
            rooms.ttlMs = registration.ttlMs
            peers.ttlMs = registration.ttlMs
            if try await reserve(rooms, limit: rendezvousBounds.maxRoomsPerOwner) { added.append(rooms) }
            if try await reserve(peers, limit: 0) { added.append(peers) }
        }
        guard mostRecords > 0 else { return added }
        do throws(Refusal) {
            if try await reserve(record, limit: mostRecords) { added.append(record) }
        } catch {
            await release(added)
            throw error
        }
        return added
    }

    /// Takes a record that was removed out of the lists, and its room with the last one of its owner there.
    func release(_ peer: PeerID, in room: RoomKey, from client: ClientAddress, _ registrant: AuthorizedCaller) async {
        await release([line(of: peer, in: room, from: client)])
        guard isLimitedInRooms(registrant, from: client) else { return }
        let (rooms, peers) = lines(of: registrant.owner, peer, in: room)
        await release([peers])
        // Only an empty list has a place for the first line of one. No peer is called like this.
        let first = RendezvousReservation(holder: peers.holder, item: "*", ttlMs: 1_000)
        if (try? await reserve(first, limit: 1)) == true { await release([first, rooms]) }
    }

    /// 0 = no limit.
    private func mostRecords(of client: ClientAddress) -> Int {
        exempt.contains(client) ? 0 : rendezvousBounds.maxRecordsPerAddress
    }

    private func isLimitedInRooms(_ registrant: AuthorizedCaller, from client: ClientAddress) -> Bool {
        let mostRooms = rendezvousBounds.maxRoomsPerOwner
        // An anonymous owner is its address: whoever may have 64 records is in no more than 64 rooms.
        let isCovered = registrant.principal.subject == nil && 1...max(1, mostRooms) ~= mostRecords(of: client)
        return mostRooms > 0 && !isCovered
    }

    /// The line of a room among those of its owner, and that of a peer among those of the owner in the room.
    private func lines(
        of owner: String, _ peer: PeerID, in room: RoomKey
    ) -> (rooms: RendezvousReservation, peers: RendezvousReservation) {
        (
            RendezvousReservation(holder: "owner:\(owner)", item: room.text, ttlMs: 0),
            RendezvousReservation(holder: "owner:\(owner) in \(room.text)", item: peer.text, ttlMs: 0)
        )
    }

    /// The line of a record in the list of an address.
    private func line(of peer: PeerID, in room: RoomKey, from client: ClientAddress) -> RendezvousReservation {
        RendezvousReservation(holder: "address:\(owner(of: client))", item: "\(room.text)/\(peer)", ttlMs: 0)
    }

    func release(_ lines: [RendezvousReservation]) async {
        for line in lines { _ = await clusters[holder: line.holder].ask(.rendezvousRelease(line)) }
    }

    private func reserve(_ line: RendezvousReservation, limit: Int) async throws(Refusal) -> Bool {
        switch await clusters[holder: line.holder].ask(.rendezvousReserve(line, limit: limit)) {
        case .success(.rendezvous(.refused(let error))): throw error.refusal
        case .success(.rendezvous(.reserved(let isNew))): return isNew
        case .success, .failure: return false
        }
    }
}
