import Backplane
import SignalDomain
import Testing

/// Random schedules of clients and faults against the real machines. Whatever happened, a cluster that comes to rest
/// has no ghost, misses nobody, has one session per peer, and every view is the truth.
@Suite("Random schedules end in the truth")
struct ScheduleTests {
    static let rooms = (0..<2).map { try! RoomKey(namespace: "sim", room: "\($0)") }  // constant valid names

    @Test("3 nodes, 3 peers, 2 rooms, every fault", arguments: 0..<40)
    func everything(_ block: Int) {
        for seed in UInt64(block * 50)..<UInt64(block * 50 + 50) { run(seed: seed) }
    }

    private func run(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var cluster = SimCluster(nodes: 3, resyncChanges: seed.isMultiple(of: 2) ? 0 : 50)
        for _ in 0..<Int.random(in: 10...60, using: &random) { step(&cluster, &random) }
        for index in cluster.nodes.indices where !cluster.nodes[index].isRunning { cluster.start(index) }
        cluster.settle()
        cluster.advance(16_000)
        let faults = cluster.faults(rooms: Self.rooms)
        #expect(faults == [], "seed \(seed)")
    }

    private func step(_ cluster: inout SimCluster, _ random: inout SeededRandom) {
        let index = Int.random(in: 0..<3, using: &random)
        guard cluster.nodes[index].isRunning else {
            if Bool.random(using: &random) { cluster.start(index) } else { cluster.advance(1_000) }
            return
        }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<22:
            let name = ["ann", "bob", "cid"].randomElement(using: &random) ?? "ann"
            cluster.join(name, Self.rooms.randomElement(using: &random) ?? Self.rooms[0], at: index)
        case 22..<36:
            let all = cluster.nodes[index].open.map(\.connection) + cluster.nodes[index].waiting.keys
            if let gone = all.sorted(by: { $0.bits < $1.bits }).randomElement(using: &random) {
                cluster.leave(gone, at: index)
            }
        case 36..<56: cluster.executeNext(of: index)
        case 56..<70: cluster.replyNext(of: index)
        case 70..<84: cluster.readNext(of: index)
        case 84..<88: cluster.unlink(index, inFlightRun: Bool.random(using: &random))
        case 88..<92: cluster.link(index)
        case 92..<94: cluster.kill(index)
        case 94..<95: cluster.flush()
        case 95..<98: cluster.settle()
        default: cluster.advance(Int64.random(in: 1...6_000, using: &random))
        }
    }
}

/// SplitMix64: the same seed, the same schedule.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
