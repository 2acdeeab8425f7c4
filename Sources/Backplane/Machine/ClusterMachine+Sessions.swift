import NIOCore
import SignalDomain

/// Sessions of this node: they come, speak and go.
extension ClusterMachine {
    /// A session asks for its place. Dialect 1 gets its answer as a membership action, dialect 2 a welcome.
    public mutating func join(_ command: JoinCommand, wallMs: Int64, now: Int64) -> [ClusterAction] {
        let place = Place(room: command.room, peer: command.peer)
        let isLegacy = command.record.flags.contains(.legacy)
        joins[command.record.connection] = PendingJoin(
            place: place, session: command.record.session, isLegacy: isLegacy)
        if !isLegacy { delivery.expect(command.record.session, command.record.connection, at: place) }
        collectDelivery()
        return step(now) { $0.join(command, wallMs: wallMs) }
    }

    mutating func answered(
        _ connection: ConnectionID, _ answer: JoinAnswer, _ action: MembershipAction, now: Int64
    ) {
        guard let join = joins.removeValue(forKey: connection) else { return actions.append(.membership(action)) }
        guard case .admitted(let admission) = answer, !join.isLegacy else {
            if !join.isLegacy { delivery.expectNoMore(join.session, connection, at: join.place) }
            return actions.append(.membership(action))
        }
        away[join.place] = nil
        delivery.attach(
            join.session, connection, at: join.place, isLegacy: false, inbox: admission.inbox, now: now)
        if join.isAbandoned {
            detach(join.place, connection, now: now)
        } else {
            rosters[join.place.room, default: RoomWatch()].arrivals[join.place.peer] = admission
            welcomeArrivals(join.place.room, now: now)
        }
    }

    /// The socket of a session is gone.
    public mutating func closed(
        _ place: Place, _ connection: ConnectionID, _ departure: Departure, now: Int64
    ) -> [ClusterAction] {
        if let join = joins[connection], departure == .lost, !join.isLegacy {
            // The shared state may have moved the session here already: it must not look as if it had left.
            joins[connection]?.isAbandoned = true
            return []
        }
        if let join = joins.removeValue(forKey: connection), !join.isLegacy {
            delivery.expectNoMore(join.session, connection, at: join.place)
        }
        let held = membership.rooms[place.room]?.local[place.peer]
        let isHeld = held?.connection == connection
        if isHeld { stopWatching(place) }
        if isHeld, departure == .lost, held?.flags.contains(.legacy) == false {
            detach(place, connection, now: now)
            return finish(now)
        }
        let reason: LeaveReason = if case .left(let reason) = departure { reason } else { .left }
        if isHeld {
            away[place] = nil
            delivery.end(place, reason, now: now)
        }
        return step(now) { $0.leave(place.room, place.peer, connection, reason) }
    }

    private mutating func detach(_ place: Place, _ connection: ConnectionID, now: Int64) {
        delivery.detach(connection, at: place, now: now)
        away[place] = now
        collectDelivery()
        absorbUpdate(membership.update(place.room, place.peer, connection) { $0.flags.insert(.away) })
    }

    /// Sessions that did not come back in time are over.
    mutating func endAway(_ now: Int64) {
        for (place, since) in away where now - since >= leaveWindowMs {
            away[place] = nil
            guard let record = membership.rooms[place.room]?.local[place.peer] else { continue }
            delivery.end(place, .timeout, now: now)
            let taken = step(now) { $0.leave(place.room, place.peer, record.connection, .timeout) }
            actions += taken
        }
    }

    // MARK: What clients say

    /// A directed signal. A reliable one always gets an outcome, a best effort one only if its target is not there.
    public mutating func send(_ signal: DirectedSignal, now: Int64) -> [ClusterAction] {
        let place = Place(room: signal.sender.room, peer: signal.to)
        seatLegacy(place, now: now)
        let whereabouts = membership.whereabouts(of: signal.to, in: place.room)
        if let id = signal.id {
            delivery.send(
                id: id, payload: signal.payload, from: signal.sender, to: signal.to, whereabouts, now: now)
        } else {
            forward(signal, whereabouts)
        }
        return finish(now)
    }

    /// At most once: what cannot be handed over now is gone.
    private mutating func forward(_ signal: DirectedSignal, _ whereabouts: Delivery.Whereabouts) {
        let room = signal.sender.room
        switch whereabouts {
        case .here: pass(signal.payload, to: Place(room: room, peer: signal.to))
        case .elsewhere(let node) where membership.isLive:
            guard membership.member(signal.to, of: room)?.flags.contains(.away) == false else { return }
            actions.append(.forward(.directed(room, to: signal.to, payload: signal.payload), to: node))
        // Away from the others nobody can say that a peer is not there.
        case .elsewhere: actions.append(.dropped)
        case .unlisted where !membership.isLive: actions.append(.dropped)
        case .unlisted where membership.isReadable(room):
            actions.append(
                .delivery(.outcome(signal.connection, id: nil, to: signal.to, .refused(.notFound))))
        case .unlisted:
            guard let session = membership.rooms[room]?.local[signal.sender.peer]?.session else { return }
            let letter = Letter(
                from: signal.sender.peer, session: session, node: node, number: 0, id: "", payload: signal.payload)
            actions.append(
                .delivery(.call(.send(.init(room: room, to: signal.to, letter: letter, isStored: false)))))
        }
    }

    mutating func sent(_ command: SendCommand, _ outcome: SendOutcome, now: Int64) {
        guard command.isStored else { return passed(command, outcome) }
        delivery.sent(
            command, outcome, isListed: membership.member(command.to, of: command.room) != nil,
            isSettling: membership.isSettling || !membership.isReadable(command.room), now: now)
    }

    private mutating func passed(_ command: SendCommand, _ outcome: SendOutcome) {
        let place = Place(room: command.room, peer: command.to)
        switch outcome {
        case .passed(_, let holder) where delivery.own.contains(holder): pass(command.letter.payload, to: place)
        case .notFound:
            let sender = Place(room: command.room, peer: command.letter.from)
            guard let connection = membership.rooms[sender.room]?.local[sender.peer]?.connection else { return }
            actions.append(.delivery(.outcome(connection, id: nil, to: command.to, .refused(.notFound))))
        case .passed, .stored, .full: break
        }
    }

    /// Hands a best effort signal to a member of this node that has a socket.
    mutating func pass(_ payload: ByteBuffer, to place: Place) {
        guard let record = membership.rooms[place.room]?.local[place.peer], away[place] == nil else { return }
        actions.append(.pass(record.connection, payload))
    }

    /// The client has everything up to `sequence` of this connection.
    public mutating func confirmed(
        _ connection: ConnectionID, through sequence: UInt64, at place: Place, now: Int64
    ) -> [ClusterAction] {
        delivery.confirmed(connection, through: sequence, at: place, now: now)
        return finish(now)
    }

    /// The client has spoken on this connection: from now on its session needs the resume token.
    public mutating func heard(_ connection: ConnectionID, at place: Place) -> [ClusterAction] {
        absorbUpdate(membership.update(place.room, place.peer, connection) { $0.flags.remove(.unheard) })
        return finish(0)
    }

    /// The client shows other metadata.
    public mutating func present(
        _ metadata: String, _ connection: ConnectionID, at place: Place
    ) -> [ClusterAction] {
        absorbUpdate(membership.update(place.room, place.peer, connection) { $0.metadata = metadata })
        return finish(0)
    }

    public mutating func noteRoundTrip(_ milliseconds: Int64, at place: Place) {
        delivery.noteRoundTrip(milliseconds, at: place)
    }

    /// What an announce found in the inbox of a member of this node.
    mutating func catchUp(_ letters: WaitingLetters, in room: RoomKey, now: Int64) {
        let place = Place(room: room, peer: letters.peer)
        seatLegacy(place, now: now)
        delivery.catchUp(letters.entries, at: place, letters.session, now: now)
    }

    /// A dialect 1 member takes part in deliveries from its first letter on.
    mutating func seatLegacy(_ place: Place, now: Int64) {
        guard let record = membership.rooms[place.room]?.local[place.peer], record.flags.contains(.legacy),
            delivery.residents[place]?.connection != record.connection
        else { return }
        delivery.attach(
            record.session, record.connection, at: place, isLegacy: true, inbox: [], now: now)
        delivery.open(record.connection, at: place, now: now)
    }
}
