import NIOCore
import SignalDomain

@testable import Backplane

/// One node's `Delivery` with sessions around it, and short words for what it does.
struct DeliveryRig {
    static let room = try! RoomKey(namespace: "team", room: "alpha")  // a constant valid name
    static let elsewhere = NodeInstance(bits: 2)

    /// What a delivery asked for, in a form that is easy to compare.
    enum Event: Equatable, CustomStringConvertible {
        case sends(String, to: String)
        case confirms([UInt64], at: String)
        case delivers(String, to: String, UInt64)
        case tells(String, String, Outcome)
        case closes(String)
        case rereads

        var description: String {
            switch self {
            case .sends(let id, let peer): "sends \(id) to \(peer)"
            case .confirms(let ids, let peer): "confirms \(ids) at \(peer)"
            case .delivers(let id, let peer, let sequence): "delivers \(id) to \(peer) as \(sequence)"
            case .tells(let peer, let id, let outcome): "tells \(peer) of \(id): \(outcome)"
            case .closes(let peer): "closes \(peer)"
            case .rereads: "reads the room again"
            }
        }
    }

    var delivery: Delivery
    var now: Int64 = 1_000
    private var connections: [ConnectionID: String] = [:]
    private var lastConnection: UInt64 = 0
    private var lastEntry: UInt64 = 0
    private var commands: [BackplaneCommand] = []

    init(limits: Delivery.Limits = .init(), isLive: Bool = true) {
        delivery = Delivery(node: NodeInstance(bits: 1), limits: limits)
        if isLive { delivery.live(recovering: [], now: now) }
    }

    static func place(_ name: String) -> Place { Place(room: room, peer: peer(name)) }

    static func session(_ name: String) -> SessionID { SessionID(high: UInt64(name.utf8.first ?? 0), low: 0) }

    // MARK: Sessions

    /// A session gets its place and is welcomed.
    @discardableResult
    mutating func seat(_ name: String, isLegacy: Bool = false, inbox: [InboxEntry] = [], opens: Bool = true) -> [Event]
    {
        lastConnection += 1
        let connection = ConnectionID(bits: lastConnection)
        connections[connection] = name
        delivery.attach(
            Self.session(name), connection, at: Self.place(name), isLegacy: isLegacy, inbox: inbox, now: now)
        if opens { delivery.open(connection, at: Self.place(name), now: now) }
        return events()
    }

    func connection(of name: String) -> ConnectionID {
        delivery.residents[Self.place(name)]?.connection ?? ConnectionID(bits: 0)
    }

    mutating func open(_ name: String) -> [Event] {
        delivery.open(connection(of: name), at: Self.place(name), now: now)
        return events()
    }

    mutating func detach(_ name: String) -> [Event] {
        delivery.detach(connection(of: name), at: Self.place(name), now: now)
        return events()
    }

    mutating func end(_ name: String, _ reason: LeaveReason = .left) -> [Event] {
        delivery.end(Self.place(name), reason, now: now)
        return events()
    }

    mutating func confirm(_ name: String, through sequence: UInt64) -> [Event] {
        delivery.confirmed(connection(of: name), through: sequence, at: Self.place(name), now: now)
        return events()
    }

    // MARK: Signals

    mutating func send(
        _ id: String, from sender: String = "ann", to peer: String, bytes: Int = 0,
        _ whereabouts: Delivery.Whereabouts? = nil
    ) -> [Event] {
        let isHere = delivery.residents[Self.place(peer)] != nil
        delivery.send(
            id: id, payload: ByteBuffer(repeating: 0x20, count: bytes), from: Self.place(sender),
            to: BackplaneTests.peer(peer),
            whereabouts ?? (isHere ? .here : .elsewhere(Self.elsewhere)), now: now)
        return events()
    }

    /// The shared state answers the oldest SEND that is under way: the letter is with the session that it is for.
    mutating func store(at node: NodeInstance = elsewhere) -> [Event] {
        guard let command = nextSend() else { return [] }
        return answer(command, .stored(nextEntry(), session: Self.session(command.to.text), node: node))
    }

    mutating func answer(_ outcome: SendOutcome, isListed: Bool = false, isSettling: Bool = false) -> [Event] {
        guard let command = nextSend() else { return [] }
        return answer(command, outcome, isListed: isListed, isSettling: isSettling)
    }

    private mutating func nextSend() -> SendCommand? {
        guard let index = commands.firstIndex(where: { if case .send = $0 { true } else { false } }),
            case .send(let command) = commands.remove(at: index)
        else { return nil }
        return command
    }

    private mutating func answer(
        _ command: SendCommand, _ outcome: SendOutcome, isListed: Bool = false, isSettling: Bool = false
    ) -> [Event] {
        delivery.sent(command, outcome, isListed: isListed, isSettling: isSettling, now: now)
        return events()
    }

    /// The shared state has taken the oldest CONF that is under way.
    mutating func takeReceipts() -> [Event] {
        guard let index = commands.firstIndex(where: { if case .confirm = $0 { true } else { false } }),
            case .confirm(let command) = commands.remove(at: index)
        else { return [] }
        delivery.finish(command)
        return events()
    }

    mutating func nextEntry() -> InboxID {
        lastEntry += 1
        return InboxID(milliseconds: lastEntry, sequence: 0)
    }

    /// A letter of a peer of another node.
    mutating func letter(_ id: String, from sender: String = "far", number: UInt64) -> InboxEntry {
        InboxEntry(
            id: nextEntry(),
            letter: Letter(
                from: peer(sender), session: Self.session(sender), node: Self.elsewhere, number: number, id: id,
                payload: ByteBuffer()))
    }

    /// The news that the signal `id` of a session did not reach `target`.
    mutating func news(of id: String, to target: String) -> InboxEntry {
        let lost = Letter(
            from: peer("ann"), session: Self.session("ann"), node: Self.elsewhere, number: 1, id: id,
            payload: ByteBuffer())
        return InboxEntry(
            id: nextEntry(),
            letter: .undeliverable(lost, to: peer(target), Self.session(target), reason: .nodeLost))
    }

    mutating func receive(_ entry: InboxEntry, at name: String) -> [Event] {
        delivery.receive(entry, at: Self.place(name), Self.session(name), now: now)
        return events()
    }

    // MARK: Time

    mutating func pass(_ milliseconds: Int64) -> [Event] {
        now += milliseconds
        delivery.tick(now: now)
        return events()
    }

    mutating func watch() -> [Event] {
        delivery.watch(now: now)
        return events()
    }

    mutating func loseStore() -> [Event] {
        delivery.disconnected(now: now)
        commands = []
        return events()
    }

    mutating func findStore(recovering: Set<RoomKey> = []) -> [Event] {
        delivery.live(recovering: recovering, now: now)
        return events()
    }

    mutating func reopen() -> [Event] {
        delivery.reopen(Self.room, now: now)
        return events()
    }

    mutating func events() -> [Event] {
        delivery.drain().map { action in
            switch action {
            case .call(let command):
                commands.append(command)
                if case .send(let send) = command { return .sends(send.letter.id, to: send.to.text) }
                if case .confirm(let confirm) = command {
                    let owner = connections.values.first { Self.session($0) == confirm.session }
                    return .confirms(confirm.ids.map(\.milliseconds), at: owner ?? "")
                }
                return .rereads
            case .deliver(let connection, let letter, let sequence):
                let id = letter.kind == .signal ? letter.id : "news of \(letter.id)"
                return .delivers(id, to: connections[connection] ?? "", sequence ?? 0)
            case .outcome(let connection, let id, _, let outcome):
                return .tells(connections[connection] ?? "", id ?? "", outcome)
            case .unconfirmed(let connection): return .closes(connections[connection] ?? "")
            case .resync: return .rereads
            }
        }
    }
}
