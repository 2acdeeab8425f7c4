import SignalDomain

/// What happens to copies when the shared state goes and comes.
extension Delivery {
    /// This process takes part under a new instance.
    mutating func begin(as instance: NodeInstance) {
        node = instance
        own.insert(instance)
        disconnected(now: nil)
    }

    /// The connection is gone: what was under way or stored may be lost, and is submitted again on the next one.
    mutating func disconnected(now: Int64?) {
        isLive = false
        if awaySince == nil { awaySince = now }
        closedRooms = []
        behind = [:]
        for number in copies.all where copies[number]?.state == .submitted || copies[number]?.state == .stored {
            repeatLater(number, at: 0, now: now ?? 0)
        }
        for place in residents.keys {
            residents[place]?.awaited = []
            residents[place]?.early = []
            residents[place]?.isBehind = true
        }
        confirmations.takeBack(now: now ?? 0)
    }

    /// The lease is confirmed. `recovering` are the rooms that have to be announced and read first.
    mutating func live(recovering: Set<RoomKey>, now: Int64) {
        isLive = true
        if let awaySince { copies.rejuvenate(by: max(now - awaySince, 0)) }
        awaySince = nil
        closedRooms = recovering
        for place in residents.keys {
            if recovering.contains(place.room) {
                behind[place.room, default: []].insert(place.peer)
            } else {
                residents[place]?.isBehind = false
            }
        }
        for pair in copies.allPairs { submitWaiting(of: pair, now: now) }
        planAll(now: now)
        releaseConfirmations(now: now)
    }

    /// A room is announced and read.
    mutating func reopen(_ room: RoomKey, now: Int64) {
        guard isLive else { return }
        closedRooms.remove(room)
        for peer in (behind.removeValue(forKey: room) ?? []).sorted(by: { $0.text < $1.text }) {
            let place = Place(room: room, peer: peer)
            residents[place]?.isBehind = false
            release(at: place, now: now)
        }
        for pair in copies.pairs(in: room) {
            submitWaiting(of: pair, now: now)
            for number in copies.numbers(of: pair) where copies[number]?.state == .here { plan(number, now: now) }
        }
    }

    /// One frame about a copy of this node.
    mutating func heard(_ numbers: [UInt64], _ level: ReceiptLevel) {
        for number in numbers { finish(number, level == .received ? .received : .written) }
    }
}
