/// The life of one node process, as a lane shows it.
struct NodeLife: Sendable {
    enum State: String, Sendable { case up, drain, paused, cut }

    let name: String
    private(set) var spans: [(state: State, span: Range<Int64>)] = []
    private(set) var dead: [Range<Int64>] = []
    private(set) var kills: [Int64] = []

    static func all(in events: [Event], world: World) -> [NodeLife] {
        let names = Set(
            events.compactMap { event -> String? in
                switch event.kind {
                case .nodeUp(let node), .nodeDown(let node), .nodeRetired(let node): node
                case .joined(_, _, _, let node, _, _): node
                default: nil
                }
            })
        return names.sorted().map { NodeLife(name: $0, events: events, world: world) }
    }

    private init(name: String, events: [Event], world: World) {
        self.name = name
        // A node that nobody saw start was there from the beginning.
        var upSince: Int64? = 0
        var wasSeen = false
        var drainSince: Int64?
        var deadSince: Int64?
        for event in events {
            switch event.kind {
            case .nodeUp(name):
                if let since = deadSince { dead.append(since..<event.at) }
                if upSince == nil || !wasSeen { upSince = event.at }
                wasSeen = true
                deadSince = nil
            case .fault(_, _, .terminate, let nodes) where nodes.contains(name): drainSince = event.at
            case .fault(_, _, .kill, let nodes) where nodes.contains(name):
                kills.append(event.at)
                close(&upSince, &drainSince, at: event.at)
                deadSince = event.at
            case .nodeDown(name):
                close(&upSince, &drainSince, at: event.at)
                deadSince = deadSince ?? event.at
            case .nodeRetired(name):
                if let since = deadSince { dead.append(since..<event.at) }
                deadSince = nil
                close(&upSince, &drainSince, at: event.at)
            case .joined(_, _, _, name, _, _): wasSeen = true
            default: continue
            }
        }
        if let since = deadSince { dead.append(since..<max(since, world.end)) }
        close(&upSince, &drainSince, at: world.end)
        for round in world.rounds {
            for harm in round.harms where harm.fault.isolatesNodes && harm.nodes.contains(name) {
                let until = max(harm.at, round.healedAt ?? world.end)
                spans.append((harm.fault == .pause ? .paused : .cut, harm.at..<until))
            }
        }
    }

    private mutating func close(_ upSince: inout Int64?, _ drainSince: inout Int64?, at moment: Int64) {
        guard let since = upSince else { return }
        let drain = min(max(drainSince ?? moment, since), moment)
        spans.append((.up, since..<drain))
        if drain < moment { spans.append((.drain, drain..<moment)) }
        upSince = nil
        drainSince = nil
    }
}
