/// Joins, leaves, detaches and resumes.
extension CostStage {
    func measureMembership(_ dialect: Peer.Dialect) async throws {
        let (rooms, group) = (sizes.rooms, newGroup())
        let stays = "dialect \(dialect.rawValue): "
        let alone = try await peers(dialect, "alone", in: group, rooms: rooms)
        let further = try await peers(dialect, "further", in: group, rooms: rooms)
        let remote = try await peers(dialect, "remote", in: group, rooms: rooms)

        let firstJoin = try await meter.measure(rooms, awaiting: rooms) { try await open(alone, node: 0) }
        add(stays + "join, first of the room", .firstJoin, firstJoin)
        let furtherJoin = try await meter.measure(rooms, awaiting: rooms) { try await open(further, node: 0) }
        add(stays + "join, a further one on the node", .join, furtherJoin)
        let remoteJoin = try await meter.measure(rooms, awaiting: rooms * 2) { try await open(remote, node: 1) }
        add(stays + "join, first on a second node", .joinOnSecondNode, remoteJoin)

        if dialect == .two { try await measureSessions(alone + further, remote) }

        let leave = try await meter.measure(rooms, awaiting: rooms) { further.leave() }
        add(stays + "leave, others stay on the node", .leave, leave)
        let lastLeave = try await meter.measure(rooms, awaiting: rooms) { remote.leave() }
        add(stays + "leave, last of the node", .lastLeave, lastLeave)
        let lastOfRoom = try await meter.measure(rooms, awaiting: rooms) { alone.leave() }
        add(stays + "leave, last of the room", .lastLeave, lastOfRoom)
    }

    /// What only sessions of dialect 2 do.
    private func measureSessions(_ others: [Peer], _ peers: [Peer]) async throws {
        let (rooms, all) = (peers.count, others + peers)
        let frames = try await meter.measure(all.count, awaiting: all.count) { all.say(Words.heartbeat) }
        add("first frame of a connection", .firstFrame, frames)
        let detach = try await meter.measure(rooms, awaiting: rooms) { peers.cut() }
        add("detach", .detach, detach)
        let sameNode = try await meter.measure(rooms, awaiting: rooms) { try await open(peers, node: 1) }
        add("resume on the same node", .resume, sameNode)
        _ = try await meter.measure(rooms, awaiting: rooms) { peers.say(Words.heartbeat) }
        _ = try await meter.measure(rooms, awaiting: rooms) { peers.cut() }
        let otherNode = try await meter.measure(rooms, awaiting: rooms * 2) { try await open(peers, node: 2) }
        add("resume on another node", .resumeElsewhere, otherNode)
        _ = try await meter.measure(rooms, awaiting: rooms) { peers.say(Words.heartbeat) }
    }
}

extension Formula {
    static let join = Formula("JOIN", limit: 1)
    static let firstJoin = Formula("JOIN + SADD", limit: 2)
    static let joinOnSecondNode = Formula("JOIN + SADD + SYNC", limit: 3)
    static let leave = Formula("LEAVE", limit: 1)
    static let lastLeave = Formula("LEAVE + SREM", limit: 2)
    static let firstFrame = Formula(
        "UPDATE", limit: 1,
        beyond: "once per connection of dialect 2; clears the mark that lets a client whose welcome was lost come back"
            + " without its resume token")
    static let detach = Formula(
        "UPDATE", limit: 1, beyond: "shows the peer as away, so that nobody sends best effort to a lost socket")
    static let resume = Formula("JOIN", limit: 1)
    static let resumeElsewhere = Formula(
        "JOIN + SADD + SYNC, LEAVE + SREM", limit: 5,
        beyond: "the new node begins to hold the room (SADD, SYNC); the old one takes its own connection back, in case"
            + " this is all that is left of it (LEAVE), and stops holding the room (SREM)")
}
