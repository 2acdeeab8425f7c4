/// What the cluster used in each round, and how the nodes behaved as processes.
struct CostTally: Sendable {
    var redisCommands = 0
    var redisCPUMicros = 0
    var nodeCPUMicros = 0
    var maxRSSBytes = 0
    var refences = 0
    /// From SIGTERM to the end of the process, each.
    var exits: [Int64] = []
    /// From the cut between a node and Redis to its saying so, each.
    var degradedAfter: [Int64] = []
    /// Isolated nodes that never said so.
    var silentlyDegraded = 0
    /// Living nodes that still said `degraded` at the end of the observation.
    var stillDegraded = 0
}

/// Reads the meters; a counter that falls has begun anew with its process.
struct CostJudge: Sendable {
    private let world: World
    private(set) var tallies: [CostTally]
    private var lastRedis: (commands: Int, cpuMicros: Int)?
    private var lastNode: [String: (cpuMicros: Int, refences: Int)] = [:]
    private var degraded: Set<String> = []
    private var terminated: [String: Int64] = [:]
    private var cutOff: [String: Int64] = [:]

    init(world: World) {
        self.world = world
        tallies = Array(repeating: CostTally(), count: world.rounds.count)
    }

    /// - Parameter events: in order of time.
    mutating func judge(_ events: [Event]) {
        for event in events { read(event) }
    }

    private mutating func read(_ event: Event) {
        let at = event.at
        switch event.kind {
        case .redis(let commands, let cpuMicros):
            let before = lastRedis ?? (commands, cpuMicros)
            tally(at: at) {
                $0.redisCommands += CostJudge.growth(from: before.commands, to: commands)
                $0.redisCPUMicros += CostJudge.growth(from: before.cpuMicros, to: cpuMicros)
            }
            lastRedis = (commands, cpuMicros)
        case .sample(let node, let rssBytes, let cpuMicros, let refences):
            let before = lastNode[node] ?? (cpuMicros, refences)
            tally(at: at) {
                $0.nodeCPUMicros += CostJudge.growth(from: before.cpuMicros, to: cpuMicros)
                $0.refences += CostJudge.growth(from: before.refences, to: refences)
                $0.maxRSSBytes = max($0.maxRSSBytes, rssBytes)
            }
            lastNode[node] = (cpuMicros, refences)
        case .fault(_, _, .terminate, let nodes): for node in nodes { terminated[node] = at }
        case .fault(_, _, .partitionDrop, let nodes), .fault(_, _, .partitionReset, let nodes):
            for node in nodes { cutOff[node] = at }
        case .nodeDown(let node):
            degraded.remove(node)
            if let since = terminated.removeValue(forKey: node) { tally(at: since) { $0.exits.append(at - since) } }
        case .degraded(let node, let isDegraded): noteDegraded(node, isDegraded, at: at)
        case .healed:
            let silent = cutOff.count
            cutOff = [:]
            tally(at: at) { $0.silentlyDegraded += silent }
        case .settled:
            let still = degraded.count
            tally(at: at) { $0.stillDegraded += still }
        default: return
        }
    }

    private mutating func noteDegraded(_ node: String, _ isDegraded: Bool, at: Int64) {
        guard isDegraded else {
            degraded.remove(node)
            return
        }
        degraded.insert(node)
        if let since = cutOff.removeValue(forKey: node) { tally(at: since) { $0.degradedAfter.append(at - since) } }
    }

    private static func growth(from before: Int, to after: Int) -> Int { after >= before ? after - before : after }

    private mutating func tally(at: Int64, _ body: (inout CostTally) -> Void) {
        guard let round = world.rounds.index(at: at) else { return }
        body(&tallies[round])
    }
}
