import SignalDomain

/// What only time decides.
extension Delivery {
    /// Many times per second while `isBusy`. Returns how many copies it looked at: those that are due, however many wait.
    @discardableResult
    mutating func tick(now: Int64) -> Int {
        releaseConfirmations(now: now)
        let due = agenda.take(through: now)
        var pairs = agenda.takePairs()
        for number in due {
            guard let copy = copies[number] else { continue }
            pairs.insert(copy.pair)
            if copy.state == .here { spill(copy, now: now) }
            expire(number, now: now)
        }
        for pair in copies.sorted(pairs) { submitWaiting(of: pair, now: now) }
        for number in due { plan(number, now: now) }
        // Copies that were done long before their time leave entries behind.
        if agenda.count > 4 * copies.count + 1_024 { planAll(now: now) }
        return due.count
    }

    /// Has a tick look at a copy when something may be due: an answer, a receipt or a connection may come first.
    mutating func plan(_ number: UInt64, now: Int64) {
        guard let copy = copies[number], let time = nextLook(at: copy, now: now) else { return }
        agenda.add(number, at: max(time, now + 1))
    }

    mutating func planAll(now: Int64) {
        agenda = Agenda()
        for number in copies.all { plan(number, now: now) }
    }

    private func nextLook(at copy: Copy, now: Int64) -> Int64? {
        // Without a connection nothing that was promised ends; the next one plans anew.
        if copy.isPromised, !isLive { return nil }
        let end = copy.since + (copy.isPromised ? limits.copyMs : limits.outcomeMs)
        switch copy.state {
        case .here: return spillTime(of: copy).map { min($0, end) } ?? end
        case .waiting: return copy.retryAt > now ? min(copy.retryAt, end) : end
        case .submitted: return copy.isPromised ? end : nil
        case .stored: return end
        }
    }

    /// When a copy in the hands of a client is stored, unless it is confirmed before; nil while it cannot be.
    private func spillTime(of copy: Copy) -> Int64? {
        guard isLive, !copy.isRefused, !closedRooms.contains(copy.pair.room),
            let resident = residents[copy.pair.target]
        else { return nil }
        return copy.since + resident.spillMs
    }

    /// A client that does not confirm soon may be gone: its signal is stored.
    private mutating func spill(_ copy: Copy, now: Int64) {
        guard let time = spillTime(of: copy), now >= time else { return }
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
        // What is under way is not given up: it could arrive behind what follows. The connection's own deadline ends it.
        if !copy.isPromised, copy.state != .submitted, now - copy.since >= limits.outcomeMs {
            residents[copy.pair.target]?.drop(number, of: own)
            finish(number, .refused(.timeout))
        } else if copy.isPromised, isLive, now - copy.since >= limits.copyMs {
            fail(number, .timeout, now: now)
        }
    }
}
