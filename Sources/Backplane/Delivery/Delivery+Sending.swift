import NIOCore
import SignalDomain

/// The way out: from a peer of this node to wherever its target is.
extension Delivery {
    /// A reliable signal of a peer of this node. Its first outcome follows within `outcomeMs`.
    ///
    /// - Parameters:
    ///   - id: the client's own, as JSON text.
    ///   - payload: stamped, without `seq`.
    mutating func send(
        id: String, payload: ByteBuffer, from sender: Place, to peer: PeerID, _ whereabouts: Whereabouts, now: Int64
    ) {
        guard let resident = residents[sender] else { return }
        let pair = Pair(room: sender.room, from: sender.peer, session: resident.session, to: peer)
        if let known = copies.number(of: id, pair) {
            copies[known]?.sentOn = resident.connection
            if let copy = copies[known], copy.isPromised { tell(copy, .stored) }
            return
        }
        // A client that comes back sends again what ends before it reads of that: it has one end.
        if residents[sender]?.isAboutToHear(.news(of: id, to: peer)) == true { return }
        let letter = Letter(
            from: sender.peer, session: resident.session, node: node, number: copies.nextNumber(), id: id,
            payload: payload)
        var copy = Copy(letter: letter, pair: pair, state: .waiting, since: now)
        copy.sentOn = resident.connection
        if let refusal = refusal(of: copy, whereabouts) { return tell(copy, .refused(refusal)) }
        if isReachable(pair, whereabouts) {
            copy.state = .here
            copy.receiver = residents[pair.target]?.session
            if residents[pair.target]?.offer(letter, id: nil, guards: guards) == .confirmed {
                return tell(copy, residents[pair.target]?.isLegacy == true ? .written : .received)
            }
            copies.insert(copy)
            plan(letter.number, now: now)
            handOver(at: pair.target, now: now)
        } else {
            if guards.contains(.submitBefore) { storeEarlier(of: pair) }
            copies.insert(copy)
            submitWaiting(of: pair, now: now)
            plan(letter.number, now: now)
        }
    }

    /// Why a signal is not taken at all.
    private func refusal(of copy: Copy, _ whereabouts: Whereabouts) -> Outcome.Refusal? {
        let isFull =
            copies.bytes(of: copy.pair.session) + copy.bytes > limits.bytesPerSession
            || copies.bytes + copy.bytes > limits.bytesPerNode
        if isFull { return .full }
        if isReachable(copy.pair, whereabouts) {
            let isStuffed = (residents[copy.pair.target]?.shelf.count ?? 0) >= limits.inboxEntries
            return isStuffed ? .full : nil
        }
        if !isLive { return .degraded }
        let waiting = copies.numbers(of: copy.pair).count { copies[$0]?.state == .waiting }
        return waiting >= limits.waitingEntries ? .full : nil
    }

    /// Whether the target sits at an open socket of this node and nothing for it is still on its way past this node.
    private func isReachable(_ pair: Pair, _ whereabouts: Whereabouts) -> Bool {
        guard whereabouts == .here, let resident = residents[pair.target], resident.isOpen, resident.awaited.isEmpty,
            !isLive || !resident.isBehind
        else { return false }
        return !copies.numbers(of: pair).contains { copies[$0]?.state == .waiting && !isHandedOver($0, resident) }
    }

    private func isHandedOver(_ number: UInt64, _ resident: Resident) -> Bool {
        resident.shelf.contains { parcel in
            parcel.sequence != nil && parcel.keepers.contains { $0.number == number && own.contains($0.node) }
        }
    }

    /// What was only handed over so far goes into the inbox before what follows it there.
    private mutating func storeEarlier(of pair: Pair) {
        for number in copies.numbers(of: pair)
        where copies[number]?.state == .here && copies[number]?.isRefused == false {
            copies[number]?.state = .waiting
        }
    }

    /// Submits what waits between two, in the order of sending. Nothing follows a repeated copy before its answer.
    mutating func submitWaiting(of pair: Pair, now: Int64) {
        guard isLive, !closedRooms.contains(pair.room) else { return }
        for number in copies.numbers(of: pair) {
            guard let copy = copies[number] else { continue }
            if copy.state == .waiting {
                guard now >= copy.retryAt else { return }
                submit(number)
            }
            if copies[number]?.state == .submitted, copy.isRepeated { return }
        }
    }

    /// Hands a copy to the shared state.
    mutating func submit(_ number: UInt64) {
        guard isLive, var copy = copies[number], copy.state != .submitted else { return }
        copy.state = .submitted
        copy.letter.node = node
        copies[number] = copy
        let target = copy.pair.target
        if let resident = residents[target], !isHandedOver(number, resident) {
            residents[target]?.awaited.insert(number)
        }
        actions.append(
            .call(
                .send(
                    .init(
                        room: copy.pair.room, to: copy.pair.to, session: copy.receiver, letter: copy.letter,
                        isStored: true))))
    }

    /// What waits for a session that is about to move, or has lost its socket, goes into the inbox before anything else.
    mutating func submitUnstored(for place: Place) {
        guard guards.contains(.submitBefore), let resident = residents[place] else { return }
        for parcel in resident.shelf {
            for keeper in parcel.keepers where own.contains(keeper.node) && copies[keeper.number]?.state == .here {
                if copies[keeper.number]?.isRefused == true {
                    // Whether its client took it is not known, and it must not come behind what is stored.
                    residents[place]?.drop(keeper.number, of: own)
                    finish(keeper.number, .refused(.timeout))
                } else if isLive, !closedRooms.contains(place.room) {
                    submit(keeper.number)
                } else {
                    copies[keeper.number]?.state = .waiting
                }
            }
        }
    }

    /// The answer to a SEND.
    mutating func sent(
        _ command: SendCommand, _ outcome: SendOutcome, isListed: Bool, isSettling: Bool, now: Int64
    ) {
        let number = command.letter.number
        let target = Place(room: command.room, peer: command.to)
        residents[target]?.awaited.remove(number)
        defer { submitWaiting(of: command.pair, now: now) }
        guard var copy = copies[number], copy.state == .submitted else {
            return takeUp(outcome, command, at: target, now: now)
        }
        switch outcome {
        case .stored(_, let session, _):
            copy.state = .stored
            copy.receiver = session
            let isNews = !copy.isPromised
            copy.isPromised = true
            if guards.contains(.heldCopies) { copies[number] = copy } else { removeCopy(number) }
            plan(number, now: now)
            if isNews { tell(copy, .stored) }
            takeUp(outcome, command, at: target, now: now)
        case .notFound where isListed && isSettling && !copies.isOvertaken(number):
            // Its node may not have announced it yet.
            repeatLater(number, at: now + limits.retryMs, now: now)
            actions.append(.resync(command.room))
        case .notFound:
            if copy.isPromised { fail(number, .left, now: now) } else { refuse(copy, .notFound, now: now) }
        case .full where copy.isPromised:
            repeatLater(number, at: now + limits.retryMs, now: now)
        case .full:
            refuse(copy, .full, now: now)
        case .passed: break
        }
    }

    /// The shared state would not take it: nothing is known of what it will take later.
    mutating func sendRefused(_ command: SendCommand, now: Int64) {
        let number = command.letter.number
        residents[Place(room: command.room, peer: command.to)]?.awaited.remove(number)
        guard let copy = copies[number], copy.state == .submitted else { return }
        guard copy.isPromised else { return refuse(copy, .degraded, now: now) }
        repeatLater(number, at: now + limits.retryMs, now: now)
    }

    /// The shared state did not take a copy of which nothing was promised. What its client has already may still be
    /// confirmed: to call that refused could be wrong.
    private mutating func refuse(_ copy: Copy, _ refusal: Outcome.Refusal, now: Int64) {
        let number = copy.letter.number
        if let resident = residents[copy.pair.target], isHandedOver(number, resident) {
            copies[number]?.state = .here
            copies[number]?.isRefused = true
            return plan(number, now: now)
        }
        let wasHandedOver = residents[copy.pair.target]?.wasHandedOver(number, of: own) == true
        residents[copy.pair.target]?.drop(number, of: own)
        finish(number, .refused(wasHandedOver ? .timeout : refusal))
    }

    mutating func repeatLater(_ number: UInt64, at retryAt: Int64, now: Int64) {
        copies.repeatLater(number, at: retryAt)
        plan(number, now: now)
    }

    /// A letter of this node for a session of this node is in its inbox now: the node was not told by a frame.
    private mutating func takeUp(_ outcome: SendOutcome, _ command: SendCommand, at place: Place, now: Int64) {
        guard case .stored(let id, let session, let holder) = outcome, own.contains(holder) else { return }
        receive(InboxEntry(id: id, letter: command.letter), at: place, session, now: now)
    }

    /// A copy that cannot be delivered any more: its sender is told by a letter of its own.
    mutating func fail(_ number: UInt64, _ reason: LeaveReason, now: Int64) {
        guard let copy = removeCopy(number) else { return }
        let sender = copy.pair.sender
        guard let resident = residents[sender], resident.session == copy.pair.session else { return }
        let news = Letter.undeliverable(
            copy.letter, to: copy.pair.to, copy.receiver ?? copy.pair.session, reason: reason)
        if residents[sender]?.offer(news, id: nil, guards: guards) == .added { handOver(at: sender, now: now) }
    }
}

extension SendCommand {
    fileprivate var pair: Pair { Pair(room: room, from: letter.from, session: letter.session, to: to) }
}
