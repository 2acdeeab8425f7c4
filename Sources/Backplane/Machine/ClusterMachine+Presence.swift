import SignalDomain

/// What clients are shown of their rooms.
extension ClusterMachine {
    /// A member may have come, changed or gone: the clients of its room hear of it if they were shown otherwise.
    mutating func show(_ change: PresenceChange, in room: RoomKey) {
        switch change {
        case .joined(let peer, _), .updated(let peer, _): show(peer, reason: .left, in: room)
        case .left(let peer, _, let reason): show(peer, reason: reason, in: room)
        // Who came or changed may have gone meanwhile: that has a reason and a version of its own, which follow.
        case .changedHere(let peer, nil) where membership.member(peer, of: room) == nil: break
        case .changedHere(let peer, let reason): show(peer, reason: reason ?? .left, in: room)
        }
    }

    private mutating func show(_ peer: PeerID, reason: LeaveReason, in room: RoomKey) {
        guard var watch = rosters[room], var roster = watch.roster else { return }
        let record = membership.member(peer, of: room)
        if record == nil, watch.moved.contains(peer), !membership.isLive || membership.isSettling { return }
        watch.moved.remove(peer)
        let events = roster.update(peer, record, reason: reason)
        watch.roster = roster
        watch.version = max(watch.version, membership.version(of: room) ?? 0)
        rosters[room] = watch
        let others = watch.watchers.filter { $0.key != peer }
        guard !others.isEmpty else { return }
        for event in events { actions.append(.presence(event, in: room, version: watch.version, to: others)) }
    }

    mutating func absorbUpdate(_ taken: [MembershipAction]) {
        for action in taken {
            if case .presence(let room, let change) = action {
                show(change, in: room)
            } else {
                actions.append(.membership(action))
            }
        }
    }

    /// A room was read: everything that clients were shown of it is compared, and who waited is welcomed.
    mutating func review(_ room: RoomKey, now: Int64) {
        if let roster = rosters[room]?.roster {
            for peer in roster.differing(from: membership.members(of: room)) { show(peer, reason: .left, in: room) }
        }
        welcomeArrivals(room, now: now)
    }

    /// Puts one list in the place of many messages about one room.
    mutating func gatherPresence() {
        var events: [RoomKey: [PresenceEvent]] = [:]
        for case .presence(let event, let room, _, _) in actions { events[room, default: []].append(event) }
        for (room, events) in events where events.count > resyncChanges {
            guard let watch = rosters[room], let roster = watch.roster else { continue }
            var isFirst = true
            let list = ClusterAction.resync(
                RoomList(events: events, members: roster.entries, version: watch.version), in: room,
                to: watch.watchers)
            actions = actions.compactMap { action in
                guard case .presence(_, room, _, _) = action else { return action }
                defer { isFirst = false }
                return isFirst ? list : nil
            }
        }
    }

    mutating func reviewAll(_ now: Int64) {
        for room in rosters.keys.sorted(by: { $0.text < $1.text }) { review(room, now: now) }
    }

    /// Welcomes those whose room can be told as it is; what waits for them in their inboxes follows the welcome.
    mutating func welcomeArrivals(_ room: RoomKey, now: Int64) {
        guard membership.isReadable(room), var watch = rosters[room], !watch.arrivals.isEmpty else { return }
        let roster = watch.roster ?? Roster(membership.members(of: room))
        let version = max(watch.version, membership.version(of: room) ?? 0)
        let arrivals = watch.arrivals.sorted { $0.key.text < $1.key.text }
        watch.roster = roster
        watch.version = version
        watch.arrivals = [:]
        for (peer, admission) in arrivals { watch.watchers[peer] = admission.record.connection }
        rosters[room] = watch
        for (peer, admission) in arrivals {
            let place = Place(room: room, peer: peer)
            let others = roster.entries.filter { $0.key != peer }
            actions.append(
                .welcome(
                    admission.record.connection,
                    Arrival(
                        place: place, record: admission.record, isResumed: admission.isResumed, members: others,
                        version: version)))
            delivery.open(admission.record.connection, at: place, now: now)
            collectDelivery()
        }
    }

    mutating func stopWatching(_ place: Place) {
        rosters[place.room]?.watchers[place.peer] = nil
        rosters[place.room]?.arrivals[place.peer] = nil
        if rosters[place.room]?.isIdle == true { rosters[place.room] = nil }
    }
}
