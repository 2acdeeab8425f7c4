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
        let bounds = rendezvousBounds
        let mostRecords = exempt.contains(client) ? 0 : bounds.maxRecordsPerAddress
        var record = line(of: registration.peer, in: room, from: client)
        record.ttlMs = registration.ttlMs
        // An anonymous owner is its address: whoever may have 64 records is in no more than 64 rooms.
        let isCovered = registrant.principal.subject == nil && 1...max(1, bounds.maxRoomsPerOwner) ~= mostRecords
        var added: [RendezvousReservation] = []
        if bounds.maxRoomsPerOwner > 0, !isCovered {
            let rooms = RendezvousReservation(
                holder: "owner:\(registrant.owner)", item: room.text, ttlMs: registration.ttlMs)
            if try await reserve(rooms, limit: bounds.maxRoomsPerOwner) { added.append(rooms) }
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

    /// The line of a record in the list of an address.
    func line(of peer: PeerID, in room: RoomKey, from client: ClientAddress) -> RendezvousReservation {
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
