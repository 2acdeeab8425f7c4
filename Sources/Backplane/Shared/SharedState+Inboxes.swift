import NIOCore
import SignalDomain

/// Directed signals, and the letters that wait until their receivers confirm them.
extension SharedState {
    struct InboxAddress: Hashable, Sendable {
        var room: RoomKey
        var session: SessionID
    }

    /// What one session has not confirmed. An empty inbox stays for a while, so that its IDs go on rising.
    struct Inbox: Hashable, Sendable {
        var entries: [InboxEntry] = []
        /// Of the payloads.
        var bytes = 0
        var last = InboxID(milliseconds: 0, sequence: 0)
        var expiresAtMs: Int64 = 0

        mutating func append(_ letter: Letter, _ clock: Clock) -> InboxID {
            let millis = UInt64(clamping: clock.millis)
            last =
                millis > last.milliseconds
                ? InboxID(milliseconds: millis, sequence: 0)
                : InboxID(milliseconds: last.milliseconds, sequence: last.sequence + 1)
            entries.append(InboxEntry(id: last, letter: letter))
            bytes += letter.payload.readableBytes
            return last
        }

        mutating func remove(_ ids: Set<InboxID>) {
            entries.removeAll { ids.contains($0.id) }
            bytes = entries.reduce(0) { $0 + $1.letter.payload.readableBytes }
        }
    }

    /// SEND: to whoever holds the peer ID now; a node that sends to a member of its own is not told what it knows.
    mutating func send(_ command: SendCommand, _ clock: Clock) -> BackplaneReply {
        let letter = command.letter
        if isFenced(letter.node) { return .fenced }
        guard let holder = rooms[command.room]?.members[command.to], command.session ?? holder.session == holder.session
        else { return .sent(.notFound) }
        let told = holder.node == letter.node ? [] : [holder.node]
        guard command.isStored else {
            publish(.directed(command.room, to: command.to, payload: letter.payload), to: told)
            return .sent(.passed(session: holder.session, node: holder.node))
        }
        let address = InboxAddress(room: command.room, session: holder.session)
        dropIfExpired(address, clock)
        let bytes = (inboxes[address]?.bytes ?? 0) + letter.payload.readableBytes
        if inboxes[address]?.entries.count ?? 0 >= limits.entries || bytes > limits.bytes { return .sent(.full) }
        let id = guards.contains(.storedBeforeAck) ? append(letter, to: address, clock) : InboxID(unstored: clock)
        let entry = InboxEntry(id: id, letter: letter)
        publish(.letter(command.room, to: command.to, holder.session, entry), to: told)
        return .sent(.stored(id, session: holder.session, node: holder.node))
    }

    /// CONF: works whether or not the letters are still there, for the nodes that keep copies have to hear of it.
    mutating func confirm(_ command: ConfirmCommand, _ clock: Clock) -> BackplaneReply {
        let address = InboxAddress(room: command.room, session: command.session)
        dropIfExpired(address, clock)
        if var inbox = inboxes.removeValue(forKey: address) {
            inbox.remove(Set(command.ids))
            if inbox.entries.isEmpty { inbox.expiresAtMs = clock.millis + limits.emptyTTLMs }
            inboxes[address] = inbox
        }
        for receipt in command.receipts { publish(.confirmed(receipt.numbers, command.level), to: [receipt.node]) }
        return .done
    }

    /// What waits for a session, oldest first.
    mutating func inbox(of session: SessionID, in room: RoomKey, _ clock: Clock) -> [InboxEntry] {
        let address = InboxAddress(room: room, session: session)
        dropIfExpired(address, clock)
        return inboxes[address]?.entries ?? []
    }

    /// Ends the inbox of a session that went: the nodes that keep copies hear of it, and the senders that are still there
    /// get the news into their own inboxes, whatever these hold.
    mutating func undeliver(
        _ session: SessionID, of peer: PeerID, in room: RoomKey, _ reason: LeaveReason, _ clock: Clock
    ) {
        let letters = inbox(of: session, in: room, clock).map(\.letter)
        inboxes[InboxAddress(room: room, session: session)] = nil
        guard guards.contains(.undeliverTells) else { return }
        for letter in letters {
            if letter.number != 0 { publish(.undeliverable(number: letter.number, reason), to: [letter.node]) }
            guard letter.kind == .signal, let sender = rooms[room]?.members[letter.from],
                sender.session == letter.session
            else { continue }
            let news = Letter.undeliverable(letter, to: peer, session, reason: reason)
            let id = append(news, to: InboxAddress(room: room, session: sender.session), clock)
            let entry = InboxEntry(id: id, letter: news)
            publish(.letter(room, to: letter.from, sender.session, entry), to: [sender.node])
        }
    }

    private mutating func append(_ letter: Letter, to address: InboxAddress, _ clock: Clock) -> InboxID {
        dropIfExpired(address, clock)
        let expiresAtMs = clock.millis + limits.ttlMs
        inboxes[address, default: Inbox()].expiresAtMs = expiresAtMs
        return inboxes[address, default: Inbox()].append(letter, clock)
    }

    private mutating func dropIfExpired(_ address: InboxAddress, _ clock: Clock) {
        if let inbox = inboxes[address], inbox.expiresAtMs < clock.millis { inboxes[address] = nil }
    }

    /// Redis forgets a key whose time is over by itself.
    mutating func pruneInboxes(_ clock: Clock) {
        guard inboxes.values.contains(where: { $0.expiresAtMs < clock.millis }) else { return }
        inboxes = inboxes.filter { $0.value.expiresAtMs >= clock.millis }
    }
}

extension InboxID {
    /// The ID of a letter that no inbox holds: it is the clock's alone.
    fileprivate init(unstored clock: SharedState.Clock) {
        self.init(
            milliseconds: UInt64(clamping: clock.millis), sequence: UInt64(clamping: clock.micros % 1_000))
    }
}
