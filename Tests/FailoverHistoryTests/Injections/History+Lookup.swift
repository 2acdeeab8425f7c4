import FailoverHistory

/// A signal of an honest history that both ends finished.
struct FinishedSignal {
    let from: Client
    let to: Client
    let id: Int
    let sentAt: Int64
    let arrivedAt: Int64
    let finalAt: Int64
}

struct Sighting {
    let index: Int
    let at: Int64
    let observer: Client
    let peer: Client
}

extension History {
    var faultAt: Int64 { time { if case .fault = $0 { true } else { false } } ?? 0 }
    var healedAt: Int64 { time { if case .healed = $0 { true } else { false } } ?? 0 }
    var settledAt: Int64 { time { if case .settled = $0 { true } else { false } } ?? 0 }

    private func time(_ matches: (Event.Kind) -> Bool) -> Int64? { events.first { matches($0.kind) }?.at }

    /// Clients that were welcomed once and stayed to the end.
    var steadyClients: [Client] {
        var welcomes: [Client: Int] = [:]
        var troubled: Set<Client> = []
        for event in events {
            switch event.kind {
            case .joined(let client, _, _, _, _, _): welcomes[client, default: 0] += 1
            case .socketLost(let client, _, _), .gaveUp(let client, _, _), .leftOnPurpose(let client):
                troubled.insert(client)
            default: continue
            }
        }
        return welcomes.filter { $0.value == 1 && !troubled.contains($0.key) }.keys.sorted()
    }

    var vanished: [Client] {
        events.compactMap { if case .gaveUp(let client, _, _) = $0.kind { client } else { nil } }
    }

    func room(of client: Client) -> Int? {
        for event in events {
            if case .joined(client, _, let room, _, _, _) = event.kind { return room }
        }
        return nil
    }

    /// The other clients of its room.
    func mates(of client: Client) -> [Client] {
        let room = room(of: client)
        var mates: Set<Client> = []
        for event in events {
            if case .joined(let other, _, room, _, _, _) = event.kind, other != client { mates.insert(other) }
        }
        return mates.sorted()
    }

    /// Pairs of clients of one room that were there all the time.
    var steadyPairs: [(Client, Client)] {
        let steady = steadyClients
        let rooms = Dictionary(uniqueKeysWithValues: steady.map { ($0, room(of: $0)) })
        return steady.flatMap { a in steady.filter { $0 != a && rooms[$0] == rooms[a] }.map { (a, $0) } }
    }

    /// Signals with a confirmed arrival, of senders that stay to the end, in the order of arrival.
    var finishedSignals: [FinishedSignal] {
        struct Key: Hashable {
            let from: Client
            let to: Client
            let id: Int
        }
        let steady = Set(steadyClients)
        let settledAt = settledAt
        var sent: [Key: Int64] = [:]
        var arrived: [Key: Int64] = [:]
        var finished: [FinishedSignal] = []
        for event in events.sorted(by: { $0.at < $1.at }) {
            switch event.kind {
            case .sent(let client, let id, let to) where steady.contains(client):
                sent[Key(from: client, to: to, id: id)] = event.at
            case .arrived(let client, let from, let id, false): arrived[Key(from: from, to: client, id: id)] = event.at
            case .outcome(let client, let id, let to, .received):
                let key = Key(from: client, to: to, id: id)
                guard let sentAt = sent[key], let arrivedAt = arrived[key], sentAt < settledAt else { continue }
                finished.append(
                    FinishedSignal(
                        from: client, to: to, id: id, sentAt: sentAt, arrivedAt: arrivedAt, finalAt: event.at))
            default: continue
            }
        }
        return finished
    }

    /// One to three of them.
    func someSignals(_ random: inout SeededRandom) -> [FinishedSignal] {
        let all = finishedSignals
        return Array(all.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random)))
    }

    func leaves(of peers: [Client], after moment: Int64 = 0) -> [Sighting] {
        events.indices.compactMap { index in
            guard case .sawLeave(let observer, let peer, _) = events[index].kind, peers.contains(peer),
                events[index].at >= moment
            else { return nil }
            return Sighting(index: index, at: events[index].at, observer: observer, peer: peer)
        }
    }

    /// The leaves of lost members at those who were there all the time.
    var leavesAtSurvivors: [Sighting] {
        let survivors = Set(steadyClients)
        return leaves(of: vanished).filter { survivors.contains($0.observer) }
    }

    mutating func removeArrivals(of signal: FinishedSignal) {
        events.removeAll {
            if case .arrived(signal.to, signal.from, signal.id, _) = $0.kind { true } else { false }
        }
    }

    mutating func removeOutcomes(of signal: FinishedSignal) {
        events.removeAll {
            if case .outcome(signal.from, signal.id, signal.to, _) = $0.kind { true } else { false }
        }
    }

    mutating func move(_ index: Int, to moment: Int64) {
        events[index] = Event(at: moment, events[index].kind)
    }
}
