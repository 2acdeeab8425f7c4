import FailoverHistory

/// What clients tell, as events of the history.
extension Fleet: ReliableClientObserver {
    func clientSaidHello(_ client: ReliableClient) {
        recorder.record(
            .hello(
                client: Client(client.number), connection: client.session.connection,
                resumes: client.session.canResume))
    }

    func clientLostConnection(_ client: ReliableClient, code: UInt16) {
        recorder.record(
            .socketLost(client: Client(client.number), connection: client.session.connection, code: Int(code)))
    }

    func clientBeganToResume(_ client: ReliableClient) {
        recorder.record(.resumeBegan(client: Client(client.number)))
    }

    func clientGaveUp(_ client: ReliableClient, why: String) {
        recorder.record(.gaveUp(client: Client(client.number), why: why, planned: false))
        complaints["a client gave up: \(why)", default: 0] += 1
    }

    func clientWantsAcknowledgement(_ client: ReliableClient) { wantsAcknowledgement(client) }

    func client(_ client: ReliableClient, did report: SessionReport) {
        switch report {
        case .violation(let sentence): complaints["\(Self.breach): \(sentence)", default: 0] += 1
        case .error(let code): complaints["an error message: \(code)", default: 0] += 1
        case .peerLeft(_, let reason) where LeaveReason(rawValue: reason) == nil:
            complaints["\(Self.breach): peer-left with reason '\(reason)'", default: 0] += 1
        default:
            if let kind = event(report, of: client) { recorder.record(kind) }
        }
    }

    private func event(_ report: SessionReport, of reporter: ReliableClient) -> Event.Kind? {
        let client = Client(reporter.number)
        func peer(_ name: String) -> Client { PeerNames.client(named: name) }
        switch report {
        case .welcomed(let node, let resumed, let members):
            return .joined(
                client: client, connection: reporter.session.connection, room: roomNumber(of: reporter), node: node,
                resumed: resumed, members: members.map(peer))
        case .resync(let members): return .sawMembers(client: client, members: members.map(peer))
        case .peerJoined(let name): return .sawJoin(client: client, peer: peer(name))
        case .peerLeft(let name, let reason):
            return LeaveReason(rawValue: reason).map { .sawLeave(client: client, peer: peer(name), reason: $0) }
        case .peerUpdated(let name): return .sawUpdate(client: client, peer: peer(name))
        case .sent(let id, let to): return Int(id).map { .sent(client: client, id: $0, to: peer(to)) }
        case .received(let signal, let isNew):
            return Int(signal.id).map {
                .arrived(client: client, from: peer(signal.sourcePeer), id: $0, isRepeat: !isNew)
            }
        case .receivedBestEffort(let source, let number):
            return .bestEffortArrived(client: client, from: peer(source), number: number)
        case .receipt(let receipt):
            return Int(receipt.id).map {
                .outcome(client: client, id: $0, to: peer(receipt.to), receipt.outcome)
            }
        case .violation, .error: return nil
        }
    }
}
