/// The lives of all clients, read from their own events.
struct Lives: Sendable {
    private(set) var byClient: [Client: Life] = [:]
    private(set) var rooms: [Int: [Client]] = [:]
    private var dials: [Client: Int64] = [:]
    private var hellos: [Client: (connection: Int, at: Int64, resumes: Bool)] = [:]

    subscript(client: Client) -> Life? { byClient[client] }

    /// - Parameter events: in order of time.
    init(_ events: [Event]) {
        for event in events { read(event) }
        for (client, life) in byClient { if let room = life.room { rooms[room, default: []].append(client) } }
        for room in rooms.keys { rooms[room]?.sort() }
    }

    private mutating func read(_ event: Event) {
        switch event.kind {
        case .hello(let client, let connection, let resumes):
            hellos[client] = (connection, event.at, resumes)
        case .resumeBegan(let client): dials[client] = event.at
        case .joined(let client, let number, let room, let node, let resumed, _):
            let connection = Life.Connection(number: number, room: room, node: node, from: event.at)
            welcome(client, connection, resumed: resumed)
        case .socketLost(let client, let number, let code):
            change(client) { $0.close(number, at: event.at, isGivenUp: code == 1001) }
        case .leftOnPurpose(let client):
            change(client) { $0.end(.leftOnPurpose(at: event.at), at: event.at) }
        case .gaveUp(let client, _, let planned):
            change(client) { $0.end(.vanished(at: event.at, planned: planned), at: event.at) }
        default: return
        }
    }

    private mutating func change(_ client: Client, _ body: (inout Life.Incarnation) -> Void) {
        guard var life = byClient[client], !life.incarnations.isEmpty else { return }
        body(&life.incarnations[life.incarnations.count - 1])
        byClient[client] = life
    }

    private mutating func welcome(_ client: Client, _ connection: Life.Connection, resumed: Bool) {
        var life = byClient[client] ?? Life()
        let last = life.incarnations.count - 1
        if resumed, last >= 0, life.incarnations[last].ending == .none {
            let lostAt = life.incarnations[last].lostAt
            if lostAt != .max, let lost = life.incarnations[last].connections.last {
                life.incarnations[last].resumes.append(
                    .init(
                        lostAt: lostAt, beganAt: max(lostAt, dials[client] ?? lostAt), welcomedAt: connection.from,
                        wasGivenUp: lost.isGivenUp))
            }
            life.incarnations[last].connections.append(connection)
        } else {
            if last >= 0, life.incarnations[last].ending == .none {
                let hello = hellos[client].flatMap { $0.connection == connection.number ? $0 : nil }
                life.incarnations[last].end(
                    .notResumed(
                        helloAt: hello?.at ?? connection.from, welcomedAt: connection.from,
                        asked: hello?.resumes ?? false),
                    at: connection.from)
            }
            life.incarnations.append(Life.Incarnation(connections: [connection]))
        }
        byClient[client] = life
    }
}

extension Life.Incarnation {
    fileprivate mutating func close(_ number: Int, at moment: Int64, isGivenUp: Bool) {
        for index in connections.indices where connections[index].number == number {
            connections[index].isGivenUp = isGivenUp
            connections[index].until = min(connections[index].until, moment)
        }
    }

    fileprivate mutating func end(_ ending: Life.Ending, at moment: Int64) {
        for index in connections.indices { connections[index].until = min(connections[index].until, moment) }
        if self.ending == .none { self.ending = ending }
    }
}
