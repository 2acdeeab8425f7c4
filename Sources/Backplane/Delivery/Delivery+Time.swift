import SignalDomain

/// What only time decides.
extension Delivery {
    /// Many times per second while `isBusy`.
    mutating func tick(now: Int64) {
        releaseConfirmations(now: now)
        var pairs: Set<Pair> = []
        for number in copies.all {
            guard let copy = copies[number] else { continue }
            switch copy.state {
            case .here: spill(copy, now: now)
            case .waiting where pairs.insert(copy.pair).inserted: submitNext(of: copy.pair, now: now)
            case .waiting, .submitted, .stored: break
            }
            expire(number, now: now)
        }
    }

    /// A client that does not confirm soon may be gone: its signal is stored.
    private mutating func spill(_ copy: Copy, now: Int64) {
        guard isLive, !closedRooms.contains(copy.pair.room), let resident = residents[copy.pair.target],
            now - copy.since >= resident.spillMs
        else { return }
        submit(copy.letter.number)
    }

    /// About twice a second: a client that confirms nothing for too long loses its socket, and what it did not confirm is
    /// stored.
    mutating func watch(now: Int64) {
        for resident in residents.values {
            guard let connection = resident.connection, let since = resident.oldestUnconfirmed,
                now - since >= limits.unconfirmedMs
            else { continue }
            actions.append(.unconfirmed(connection))
        }
    }

    /// A sender always learns something in time, and no copy stays for ever.
    private mutating func expire(_ number: UInt64, now: Int64) {
        guard let copy = copies[number] else { return }
        if !copy.isPromised, now - copy.since >= limits.outcomeMs {
            residents[copy.pair.target]?.drop(number, of: own)
            finish(number, .refused(.timeout))
        } else if copy.isPromised, isLive, now - copy.since >= limits.copyMs {
            fail(number, .timeout, now: now)
        }
    }
}
