public import SignalDomain

/// Rendezvous: declared records, and connected members as records that last as long as their membership.
extension SharedState {
    mutating func register(_ key: RoomKey, _ registration: RendezvousRegistration, _ clock: Clock)
        -> RendezvousOutcome
    {
        if let member = rooms[key]?.members[registration.peer], member.owner != registration.owner {
            return .refused(.otherOwner)
        }
        var room = rendezvous[key] ?? RendezvousRoom(bounds: bounds)
        let now = Timestamp(milliseconds: clock.millis)
        _ = room.prune(now: now)
        do throws(RendezvousError) {
            let done = try room.register(
                peer: registration.peer, addresses: registration.addresses, metadata: registration.metadata,
                ttlMs: registration.ttlMs, owner: registration.owner, now: now, micros: clock.micros)
            rendezvous[key] = room
            return .registered(done.entry)
        } catch {
            return .refused(error)
        }
    }

    mutating func unregister(_ key: RoomKey, _ peer: PeerID, _ owner: String, _ clock: Clock) -> RendezvousOutcome {
        guard var room = rendezvous[key] else { return .unregistered }
        do throws(RendezvousError) {
            _ = try room.unregister(peer: peer, owner: owner, now: Timestamp(milliseconds: clock.millis))
            _ = room.prune(now: Timestamp(milliseconds: clock.millis))
            rendezvous[key] = room.count == 0 ? nil : room
            return .unregistered
        } catch {
            return .refused(error)
        }
    }

    func discover(_ key: RoomKey, limit: Int, after position: RendezvousPosition?, _ clock: Clock) -> RendezvousOutcome
    {
        let now = Timestamp(milliseconds: clock.millis)
        let declared = rendezvous[key]?.entries(now: now) ?? []
        let connected = (rooms[key]?.members ?? [:])
            .filter { rendezvous[key]?.entry(of: $0.key, now: now) == nil }
            .map { RendezvousEntry(member: $0.key, $0.value, now: now) }
        return .page(RendezvousPage(of: declared + connected, limit: limit, after: position))
    }
}

extension SharedState {
    /// Lists what a holder has, as long as there is room.
    mutating func reserve(_ reservation: RendezvousReservation, _ limit: Int, _ clock: Clock) -> RendezvousOutcome {
        let isNew: Bool
        var list = (reservations[reservation.holder] ?? [:]).filter { $0.value > clock.millis }
        let ends = clock.millis + reservation.ttlMs
        if let held = list[reservation.item] {
            list[reservation.item] = max(held, ends)
            isNew = false
        } else {
            guard limit == 0 || list.count < limit else {
                let first = list.values.min() ?? clock.millis
                return .refused(
                    .tooManyRecords(retryAfterSeconds: Int(clamping: max(1, (first - clock.millis + 999) / 1_000))))
            }
            list[reservation.item] = ends
            isNew = true
        }
        reservations[reservation.holder] = list
        return .reserved(isNew: isNew)
    }

    mutating func release(_ reservation: RendezvousReservation) -> BackplaneReply {
        reservations[reservation.holder]?[reservation.item] = nil
        if reservations[reservation.holder]?.isEmpty == true { reservations[reservation.holder] = nil }
        return .done
    }

    /// Forgets what ran out and nobody asked for again.
    mutating func pruneRendezvous(_ clock: Clock) {
        guard clock.millis - rendezvousPrunedMs >= 10_000 else { return }
        rendezvousPrunedMs = clock.millis
        for key in rendezvous.keys { _ = rendezvous[key]?.prune(now: Timestamp(milliseconds: clock.millis)) }
        rendezvous = rendezvous.filter { $0.value.count > 0 }
        reservations = reservations.filter { $0.value.contains { $0.value > clock.millis } }
        watches = watches.filter { clock.millis - $0.value.askedMs < RendezvousWatch.keptMs }
    }
}

extension RendezvousEntry {
    /// A member that is connected is found without having declared anything; its address is never among it.
    public init(member peer: PeerID, _ record: MemberRecord, now: Timestamp) {
        let ttlMs: Int64 = 60_000
        self.init(
            peer: peer, addresses: [], metadata: #"{"transport":"websocket"}"#,
            seenAt: Timestamp(milliseconds: record.joinedAt),
            expiresAt: Timestamp(milliseconds: now.milliseconds + ttlMs), ttlMs: ttlMs, owner: record.owner,
            change: Int64(clamping: record.generation))
    }
}
