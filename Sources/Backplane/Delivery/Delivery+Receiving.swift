import SignalDomain

/// The way in: to a session that this node holds, across its sockets.
extension Delivery {
    /// A session asks for its place; what arrives for it before the answer is kept.
    mutating func expect(_ session: SessionID, _ connection: ConnectionID, at place: Place) {
        arriving[Seat(place: place, session: session), default: Arriving()].joins.insert(connection)
        if residents[place]?.session == session { submitUnstored(for: place) }
    }

    /// The place is refused, or given up.
    mutating func expectNoMore(_ session: SessionID, _ connection: ConnectionID, at place: Place) {
        let seat = Seat(place: place, session: session)
        arriving[seat]?.joins.remove(connection)
        if arriving[seat]?.joins.isEmpty == true { arriving[seat] = nil }
    }

    /// A session has its place: what waits for it is handed over once it is welcomed.
    mutating func attach(
        _ session: SessionID, _ connection: ConnectionID, at place: Place, isLegacy: Bool, inbox: [InboxEntry],
        now: Int64
    ) {
        let early = arriving[Seat(place: place, session: session)]?.entries ?? []
        expectNoMore(session, connection, at: place)
        if let old = residents[place], old.session != session { end(place, .replaced, now: now) }
        var resident =
            residents[place] ?? Resident(session: session, isLegacy: isLegacy, spillMs: limits.spillMs)
        let oldNews = inbox.filter { isOldNews($0.letter, at: place, session) }
        let news = inbox.filter { !oldNews.contains($0) }
        let confirmed = oldNews + resident.attach(connection, inbox: news, guards: guards)
        resident.awaited = copies.submitted(to: place)
        // Only dialect 2 is given its inbox with its place, and only by the shared state.
        resident.isBehind = !isLive || isLegacy && closedRooms.contains(place.room)
        if isLive, resident.isBehind { behind[place.room, default: []].insert(place.peer) }
        residents[place] = resident
        for entry in confirmed { settleAgain(entry, at: place, now: now) }
        release(at: place, now: now)
        for entry in early { receive(entry, at: place, session, now: now) }
    }

    /// What was found in an inbox after a reconnect: it comes before what arrived meanwhile.
    mutating func catchUp(_ entries: [InboxEntry], at place: Place, _ session: SessionID, now: Int64) {
        guard residents[place]?.session == session else { return }
        residents[place]?.early.insert(contentsOf: entries, at: 0)
        release(at: place, now: now)
    }

    /// Takes in what was early.
    mutating func release(at place: Place, now: Int64) {
        guard let resident = residents[place], !resident.isBehind else { return }
        residents[place]?.early = []
        for entry in resident.early { receive(entry, at: place, resident.session, now: now) }
    }

    /// The client was welcomed: what waits comes first, then live signals.
    mutating func open(_ connection: ConnectionID, at place: Place, now: Int64) {
        guard residents[place]?.connection == connection else { return }
        residents[place]?.isOpen = true
        handOver(at: place, now: now)
    }

    /// The socket is gone, the session stays.
    mutating func detach(_ connection: ConnectionID, at place: Place, now: Int64) {
        guard residents[place]?.connection == connection else { return }
        releaseConfirmations(now: now, atOnce: true)
        submitUnstored(for: place)
        residents[place]?.detach()
    }

    /// The session lives on another node now, which was given its inbox.
    mutating func move(from place: Place) {
        submitUnstored(for: place)
        residents[place] = nil
    }

    /// The session is over. What is in its inbox the shared state reports; the rest is reported here.
    mutating func end(_ place: Place, _ reason: LeaveReason, now: Int64) {
        guard let resident = residents.removeValue(forKey: place) else { return }
        // Before the shared state hears of the end, and reports what it still holds.
        releaseConfirmations(now: now, atOnce: true)
        for parcel in resident.shelf {
            for keeper in parcel.keepers where own.contains(keeper.node) {
                guard let copy = copies[keeper.number], copy.state == .here || copy.state == .waiting else { continue }
                fail(keeper.number, reason, now: now)
            }
        }
    }

    /// A letter is in the inbox of a session.
    mutating func receive(_ entry: InboxEntry, at place: Place, _ session: SessionID, now: Int64) {
        // Its next socket gets it too, in case the present place ends before.
        arriving[Seat(place: place, session: session)]?.entries.append(entry)
        guard residents[place]?.session == session else { return }
        if residents[place]?.isBehind == true {
            residents[place]?.early.append(entry)
            return
        }
        if isOldNews(entry.letter, at: place, session) { return settleAgain(entry, at: place, now: now) }
        switch residents[place]?.offer(entry.letter, id: entry.id, guards: guards) {
        case .added: handOver(at: place, now: now)
        case .confirmed: settleAgain(entry, at: place, now: now)
        case .known, nil: break
        }
    }

    /// Whether a letter reports the end of a signal of which the client was told another one: a signal has one end.
    private mutating func isOldNews(_ letter: Letter, at place: Place, _ session: SessionID) -> Bool {
        guard letter.kind == .undeliverable else { return false }
        // The frame that ends the copy may have been lost with a connection.
        let pair = Pair(room: place.room, from: place.peer, session: session, to: letter.from)
        if let number = copies.number(of: letter.id, pair) { removeCopy(number) }
        return residents[place]?.session == session && residents[place]?.wasToldEnd(letter.identity) == true
    }

    /// A letter that the client has confirmed before was submitted once more.
    private mutating func settleAgain(_ entry: InboxEntry, at place: Place, now: Int64) {
        let letter = entry.letter
        let level: ReceiptLevel = residents[place]?.isLegacy == true ? .written : .received
        let keepers = letter.number == 0 ? [] : [Resident.Keeper(node: letter.node, number: letter.number)]
        settle(
            Resident.Parcel(letter: letter, ids: [entry.id], keepers: keepers), at: place, level: level, now: now)
    }

    /// The client has everything up to `sequence` of this connection.
    mutating func confirmed(_ connection: ConnectionID, through sequence: UInt64, at place: Place, now: Int64) {
        guard residents[place]?.connection == connection else { return }
        confirm(through: sequence, at: place, level: .received, now: now)
    }

    /// How long this connection takes to answer: three round trips pass before its letters are stored.
    mutating func noteRoundTrip(_ milliseconds: Int64, at place: Place) {
        guard let resident = residents[place] else { return }
        let three = milliseconds.multipliedReportingOverflow(by: 3).partialValue
        let spillMs = min(max(limits.spillMs, three), max(limits.spillMs, limits.spillMaxMs))
        residents[place]?.spillMs = spillMs
        guard spillMs < resident.spillMs else { return }
        for keeper in resident.shelf.flatMap(\.keepers) where own.contains(keeper.node) {
            if let copy = copies[keeper.number] { agenda.add(keeper.number, at: copy.since + spillMs) }
        }
    }
}
