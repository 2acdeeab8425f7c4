/// A time in which a client is no member, and what its peers may be told of it.
struct Departure: Sendable {
    enum Cause: Sendable { case left, vanished, notResumed, isolated }

    let cause: Cause
    /// From here no view has to list it.
    let goneAt: Int64
    /// When a `peer-left` may show it. Before, the session has the right to be resumed; afterwards its `hello` has
    /// reached a node (a *false leave* is a `peer-left` for a session whose valid hello came before the sweep).
    let sightable: ClosedRange<Int64>
    /// When the client's node died or was cut off, if that is why.
    let nodeLostAt: Int64?
    /// A node whose own clients must see nothing: it was isolated together with them.
    let unseenOn: String?
    /// The client itself meant to go.
    let isPlanned: Bool

    /// The departure that ends an incarnation; `nil` while it lasts.
    init?(ending incarnation: Life.Incarnation, world: World, timing: Timing, allowance: Allowance) {
        let lostAt = incarnation.lostAt
        if case .leftOnPurpose(let at) = incarnation.ending {
            self.init(
                cause: .left, goneAt: at, sightable: at...Int64.max, nodeLostAt: nil, unseenOn: nil, isPlanned: true)
            return
        }
        guard lostAt != .max else { return nil }
        let windowEnd = lostAt + timing.leaveWindow
        let found = world.loss(
            of: incarnation.lastNode, notBefore: lostAt - allowance.observation, timing: timing)
        let nodeLostAt = found.flatMap { $0 < windowEnd ? $0 : nil }
        let earliest = min(
            windowEnd - timing.heartbeat, nodeLostAt.map { $0 + timing.earliestSweep } ?? .max)
        let gone = nodeLostAt.map { max($0, lostAt) } ?? windowEnd
        switch incarnation.ending {
        case .leftOnPurpose: return nil
        case .none, .vanished:
            var isPlanned = false
            if case .vanished(_, let planned) = incarnation.ending { isPlanned = planned }
            self.init(
                cause: .vanished, goneAt: gone, sightable: earliest...Int64.max, nodeLostAt: nodeLostAt,
                unseenOn: nil, isPlanned: isPlanned)
        case .notResumed(let helloAt, let welcomedAt, let asked):
            let latest = (asked ? helloAt : welcomedAt) + allowance.observation
            self.init(
                cause: .notResumed, goneAt: min(gone, helloAt),
                sightable: min(asked ? earliest : helloAt, latest)...latest, nodeLostAt: nodeLostAt, unseenOn: nil,
                isPlanned: !asked)
        }
    }

    /// The absence of a client that stayed connected to a node while the others had to take that node for lost.
    init(isolation: Range<Int64>, of node: String, timing: Timing, allowance: Allowance) {
        let earliest = isolation.lowerBound + timing.earliestSweep
        self.init(
            cause: .isolated, goneAt: isolation.lowerBound,
            sightable: earliest...(max(earliest, isolation.upperBound) + allowance.observation),
            nodeLostAt: isolation.lowerBound, unseenOn: node, isPlanned: false)
    }

    private init(
        cause: Cause, goneAt: Int64, sightable: ClosedRange<Int64>, nodeLostAt: Int64?, unseenOn: String?,
        isPlanned: Bool
    ) {
        self.cause = cause
        self.goneAt = goneAt
        self.sightable = sightable
        self.nodeLostAt = nodeLostAt
        self.unseenOn = unseenOn
        self.isPlanned = isPlanned
    }
}
