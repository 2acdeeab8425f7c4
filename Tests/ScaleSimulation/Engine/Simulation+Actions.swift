import Backplane
import SignalDomain

/// What a node's runner does with the decisions of its machines.
extension Simulation {
    func carryOut(_ action: ClusterAction, at part: Part) {
        switch action {
        case .membership(let action): carryOut(action, at: part)
        case .delivery(let action): carryOut(action, at: part)
        case .welcome(let connection, let arrival): welcome(connection, arrival, at: part)
        case .presence(_, _, _, let watchers): traffic.nodes[part.node].messages += watchers.count
        case .resync(_, _, let watchers): traffic.nodes[part.node].messages += watchers.count
        case .pass:
            outcomes.delivered += 1
            traffic.nodes[part.node].messages += 1
        case .forward(let frame, let node): publish(frame, to: [node], at: part)
        case .dropped: fault("dropped signal")
        }
    }

    private func carryOut(_ action: MembershipAction, at part: Part) {
        switch action {
        case .connect(let instance):
            parts = parts.filter { $0.value != part }
            parts[instance] = part
            nodes[part.node].generations[part.shard] += 1
            work.append(.up(generation: nodes[part.node].generations[part.shard]), for: part)
        case .refence: work.append(.refence, for: part)
        case .reconnect(_, let reason): fault("reconnect: \(reason)")
        case .call(let command): call(command, at: part)
        case .answer: fault("refused join")
        case .close: fault("lost place")
        case .interest(let room, let others): nodes[part.node].interest[room] = others.isEmpty ? nil : others
        case .mismatched: fault("mismatched shards")
        case .ready, .degraded, .presence, .synced: break
        }
    }

    private func carryOut(_ action: DeliveryAction, at part: Part) {
        switch action {
        case .call(let command): call(command, at: part)
        case .deliver(let connection, let letter, let sequence):
            outcomes.handedOver += 1
            traffic.nodes[part.node].messages += 1
            let peer = peer(of: connection)
            if let sequence, letter.kind == .signal {
                work.append(.confirmed(connection, sequence, place(of: peer)), for: part)
            }
        case .outcome(_, _, _, let outcome):
            traffic.nodes[part.node].messages += 1
            switch outcome {
            case .received: outcomes.received += 1
            case .stored: break
            case .written, .refused: fault("signal refused")
            }
        case .unconfirmed: fault("unconfirmed")
        case .resync: break
        }
    }

    /// Its client speaks at once, as every client does.
    private func welcome(_ connection: ConnectionID, _ arrival: Arrival, at part: Part) {
        outcomes.welcomed += 1
        if arrival.isResumed { outcomes.resumed += 1 }
        traffic.nodes[part.node].messages += 1
        seating.seats[peer(of: connection)].isIn = true
        seating.seats[peer(of: connection)].isReturning = false
        work.append(.heard(connection, arrival.place), for: part)
    }

    func fault(_ name: String) { outcomes.faults[name, default: 0] += 1 }

    func peer(of connection: ConnectionID) -> Int { Int(connection.bits & 0xFFFF_FFFF) }

    func place(of peer: Int) -> Place {
        Place(room: Seating.key(of: Seating.room(of: peer)), peer: Seating.name(of: peer))
    }
}
