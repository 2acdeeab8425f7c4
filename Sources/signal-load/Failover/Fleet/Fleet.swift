import FailoverHistory
import NIOCore

/// All clients of one rig: opens them, lets them talk, and records what each of them sees.
///
/// Confined to its event loop.
final class Fleet {
    static let namespace = "failover"
    /// The beginning of complaints that fail a run.
    static let breach = "against the protocol"

    /// Where clients dial.
    struct Targets: Sendable {
        /// The beginning of all names of rooms.
        let run: String
        let edge: Endpoint
        let nodes: [Endpoint]
    }

    struct Member {
        let client: ReliableClient
        let room: Int
        let place: Int
    }

    /// Whether clients begin new signals.
    var isTalking = false
    /// By number of the client, from `firstClient` on; those that are gone stay.
    private(set) var members: [Member] = []
    /// Sentences about what servers did against the protocol, and `error` messages; how often each.
    var complaints: [String: Int] = [:]

    let plan: RoomPlan
    let recorder: HistoryRecorder
    private let targets: Targets
    private let firstClient: Int
    private let firstRoom: Int
    private let loop: any EventLoop
    var random: SeededRandom
    private var pace = Pace()
    private var toStart: [Int] = []
    /// Clients that want to acknowledge, in the order of their deadlines.
    private var acknowledging: [(due: NIODeadline, client: ReliableClient)] = []
    private var ticking: RepeatedTask?
    /// Until when the pace has been kept.
    private var paced = NIODeadline.now()

    private static let tick = TimeAmount.milliseconds(10)
    /// Handshakes begun per tick: 500 each second.
    private static let startsPerTick = 5
    private static let slotsPerTick = 10

    /// - Parameters:
    ///   - firstClient: earlier fleets of the run have clients with lower numbers.
    ///   - firstRoom: likewise.
    init(
        plan: RoomPlan, targets: Targets, firstClient: Int, firstRoom: Int, seed: UInt64, recorder: HistoryRecorder,
        loop: any EventLoop
    ) {
        (self.plan, self.targets, self.recorder, self.loop) = (plan, targets, recorder, loop)
        (self.firstClient, self.firstRoom) = (firstClient, firstRoom)
        random = SeededRandom(seed: seed)
    }

    /// Adds a client for each place that nobody holds, and begins to dial.
    func fill() {
        var held: [Int: Set<Int>] = [:]
        for member in members where !member.client.isGone { held[member.room, default: []].insert(member.place) }
        for room in plan.spreads.indices {
            for place in 0..<RoomPlan.roomSize where held[room]?.contains(place) != true { add(room, place) }
        }
        guard ticking == nil else { return }
        let fleet = NIOLoopBound(self, eventLoop: loop)
        ticking = loop.scheduleRepeatedTask(initialDelay: Self.tick, delay: Self.tick) { _ in fleet.value.step() }
    }

    /// Brings clients that a fault drove elsewhere back to their first choice.
    func sendHome() {
        for member in members where !member.client.isAtHome { member.client.goHome() }
    }

    /// Closes and resumes every client that dials the edge, so that the edge chooses anew.
    func reconnectThroughEdge() {
        for member in members where plan.spreads[member.room] == 1 { member.client.goHome() }
    }

    /// Ends all clients, unrecorded: the run is over, and what they have not seen by now is missing.
    func stop() {
        ticking?.cancel()
        for member in members { member.client.vanish() }
    }

    var state: FleetState {
        var state = FleetState()
        let names = livingNames()
        for member in members where !member.client.isGone {
            state.living += 1
            state.unfinished += member.client.session.unfinished.count
            guard member.client.isOpen else { continue }
            state.open += 1
            if !member.client.isAtHome { state.astray += 1 }
            let others = names[member.room]?.subtracting([member.client.session.peerId])
            if member.client.session.view != others { state.wrongViews += 1 }
        }
        return state
    }

    /// Rooms whose members sit on more than one node, and all rooms.
    var roomsAcrossNodes: (across: Int, all: Int) {
        var nodes: [Int: Set<String>] = [:]
        for member in members where member.client.isOpen {
            nodes[member.room, default: []].insert(member.client.session.node)
        }
        return (nodes.values.count { $0.count > 1 }, nodes.count)
    }

    /// The number and the name of each room.
    var rooms: [(number: Int, name: String)] {
        plan.spreads.indices.map { (firstRoom + $0, name(of: $0)) }
    }

    /// The number under which the client's room is recorded.
    func roomNumber(of client: ReliableClient) -> Int {
        firstRoom + members[client.number - firstClient].room
    }

    func wantsAcknowledgement(_ client: ReliableClient) {
        let delay = TimeAmount(ReliableSession.ackDelay)
        acknowledging.append((.now() + delay, client))
    }

    private func livingNames() -> [Int: Set<String>] {
        var names: [Int: Set<String>] = [:]
        for member in members where !member.client.isGone {
            names[member.room, default: []].insert(member.client.session.peerId)
        }
        return names
    }

    private func name(of room: Int) -> String { "\(targets.run)-\(firstRoom + room)" }

    private func add(_ room: Int, _ place: Int) {
        let number = firstClient + members.count
        let choices = plan.choices(room: room, place: place, nodes: targets.nodes.count)
        let seats = choices.map { choice in
            Seat(
                endpoint: choice.map { targets.nodes[$0] } ?? targets.edge, room: name(of: room),
                peerId: PeerNames.name(of: number), mask: .random(in: 1...UInt32.max, using: &random))
        }
        let client = ReliableClient(
            number: number, seats: seats, namespace: Self.namespace, random: SeededRandom(seed: random.next()),
            loop: loop, observer: self)
        pace.add(members.count)
        toStart.append(members.count)
        members.append(Member(client: client, room: room, place: place))
    }

    private func step() {
        for index in toStart.prefix(Self.startsPerTick) { members[index].client.start() }
        toStart.removeFirst(min(Self.startsPerTick, toStart.count))

        let now = NIODeadline.now()
        let due = acknowledging.prefix { $0.due <= now }
        for entry in due { entry.client.acknowledge() }
        acknowledging.removeFirst(due.count)

        // A late tick makes up for what it missed, up to a tenth of a second: the load is what it says it is.
        let slots = Int((now - paced).nanoseconds / Self.tick.nanoseconds)
        paced = slots > Self.slotsPerTick ? now : paced + Self.tick * slots
        for _ in 0..<min(slots, Self.slotsPerTick) { playSlot() }
    }

    private func playSlot() {
        let turn = pace.next()
        for index in turn.reliable {
            members[index].client.keepAlive()
            if isTalking { talk(members[index].client) }
        }
        for index in turn.bestEffort where isTalking { mention(members[index].client) }
    }

    private func talk(_ client: ReliableClient) {
        guard let peer = client.session.view.randomElement(using: &random) else { return }
        client.sendReliable(to: peer)
    }

    private func mention(_ client: ReliableClient) {
        guard let peer = client.session.view.randomElement(using: &random) else { return }
        guard let number = client.sendBestEffort(to: peer) else { return }
        recorder.record(
            .bestEffortSent(client: Client(client.number), number: number, to: PeerNames.client(named: peer)))
    }
}
