import FailoverHistory
import Foundation
import NIOCore
import NIOPosix

/// Where steps are played: the rig, the clients on it, the record, and the choices of chance.
///
/// Confined to the task that plays the steps; the fleet to its event loop.
final class Stage {
    var rig: Rig
    let recorder: HistoryRecorder
    let timing: Timing
    private let fleet: NIOLoopBound<Fleet>
    private let loop: any EventLoop
    private var random: SeededRandom
    /// What a step wants to tell people, beside what is recorded.
    private(set) var notes: [String] = []
    /// Nodes that ended although nobody asked them to, each as a sentence; each fails the run.
    private(set) var fallen: [String] = []

    init(
        rig: Rig, fleet: NIOLoopBound<Fleet>, recorder: HistoryRecorder, timing: Timing, seed: UInt64,
        loop: any EventLoop
    ) {
        (self.rig, self.fleet, self.recorder, self.timing, self.loop) = (rig, fleet, recorder, timing, loop)
        random = SeededRandom(seed: seed)
    }

    // MARK: - Chance

    func randomNode() -> Int { Int.random(in: rig.nodes.indices, using: &random) }

    func randomNode(besides other: Int) -> Int {
        (other + Int.random(in: 1..<rig.nodes.count, using: &random)) % rig.nodes.count
    }

    func randomDuration(upTo most: Duration) -> Duration { most * Double.random(in: 0...1, using: &random) }

    // MARK: - Harm

    func harm(_ step: Step, _ round: Int, _ fault: Fault, nodes: [Int]) {
        recorder.record(.fault(step: step, round: round, fault, nodes: nodes.map { rig.nodes[$0].name }))
    }

    func healed(_ step: Step, _ round: Int) { recorder.record(.healed(step: step, round: round)) }

    /// SIGKILL of nodes; a share of their clients vanishes with them, and those of `arriving` that were not welcomed yet.
    func kill(
        _ indices: [Int], _ step: Step, _ round: Int, losing share: Double, arriving: [Int] = []
    ) async throws {
        takeDownFallen(among: indices, "\(step.rawValue) round \(round)")
        let names = indices.map { rig.nodes[$0].name }
        let processes = indices.map { rig.nodes[$0].process }
        let recorder = recorder
        // In one go: the lost hear of nothing that comes later, however long a container takes to die.
        try await onFleet { fleet in
            recorder.record(.fault(step: step, round: round, .kill, nodes: names))
            for name in names { fleet.lose(share, at: name) }
            fleet.lose(unwelcomed: arriving)
        }
        try await NIOThreadPool.singleton.runIfActive {
            for process in processes { try process.signal(SIGKILL) }
        }
        for (process, name) in zip(processes, names) {
            guard try await process.ended(within: .seconds(5)) else { throw RigFailure("\(name) does not end") }
            recorder.record(.nodeDown(node: name))
        }
    }

    /// Starts nodes again that have ended by themselves: what comes after them is worth watching too.
    func raiseFallen(_ when: String) async throws {
        for index in takeDownFallen(among: Array(rig.nodes.indices), when) {
            recorder.record(.nodeDown(node: rig.nodes[index].name))
            try await restart(index)
        }
    }

    /// Answers which of the nodes do not run although they should.
    @discardableResult
    private func takeDownFallen(among indices: [Int], _ when: String) -> [Int] {
        indices.filter { index in
            let process = rig.nodes[index].process
            guard !process.isRunning else { return false }
            fallen.append("\(when): \(process.name) ended by itself with \(process.ending): \(process.lastLines())")
            return true
        }
    }

    /// A fresh process in place of one that has ended.
    func restart(_ index: Int) async throws {
        try await rig.nodes[index].startAgain()
        try await rig.nodes[index].awaitReady()
        recorder.record(.nodeUp(node: rig.nodes[index].name))
    }

    // MARK: - Watching

    func leases() async throws -> Leases { Leases(redis: try await rig.primary()) }

    /// Long enough for a lost node to be missed by everybody: a lease, heartbeats, the sweep.
    func watchLeave() async throws {
        try await Task.sleep(for: .microseconds(timing.lease + 2 * timing.heartbeat) + .milliseconds(1_200))
    }

    /// The truth has to be back three seconds after a fault is healed; then until it is, or a lease has passed.
    func watchReturn() async throws {
        try await Task.sleep(for: .seconds(3))
        _ = try await waitUntil(within: .microseconds(timing.lease) + .seconds(3), \.isWhole)
    }

    func note(_ sentence: String) { notes.append(sentence) }

    // MARK: - The clients

    func refill() { loop.execute { [fleet] in fleet.value.fill() } }

    /// A share of a node's clients dials anew; answers who does.
    func redial(_ share: Double, at index: Int) async throws -> [Int] {
        let name = rig.nodes[index].name
        return try await onFleet { $0.redial(share, at: name) }
    }

    func leaveRooms() async throws { try await onFleet { $0.leaveRooms() } }

    func hide(_ share: Double) async throws { try await onFleet { $0.hide(share) } }

    func comeBack() async throws { try await onFleet { $0.comeBack() } }

    func setTalking(_ isTalking: Bool) async throws { try await onFleet { $0.isTalking = isTalking } }

    func state() async throws -> FleetState { try await onFleet { $0.state } }

    func roomsAcrossNodes() async throws -> (across: Int, all: Int) { try await onFleet { $0.roomsAcrossNodes } }

    func rooms() async throws -> [(number: Int, name: String)] { try await onFleet { $0.rooms } }

    /// Every client that dials the edge dials again; returns when all are back.
    func reconnectThroughEdge() async throws {
        try await onFleet { $0.reconnectThroughEdge() }
        try await Task.sleep(for: .milliseconds(300))
        _ = try await waitUntil(within: .seconds(15), \.isWhole)
    }

    /// Brings astray clients home, and waits until nothing is under way.
    func calm(within limit: Duration) async throws -> Bool {
        try await setTalking(false)
        try await onFleet { $0.sendHome() }
        return try await waitUntil(within: limit) { $0.isQuiet && $0.astray == 0 }
    }

    /// Whether the clients came to be so in time.
    func waitUntil(within limit: Duration, _ condition: (FleetState) -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if condition(try await state()) { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    private func onFleet<Result: Sendable>(
        _ body: @escaping @Sendable (Fleet) throws -> Result
    ) async throws -> Result {
        try await loop.submit { [fleet] in try body(fleet.value) }.get()
    }
}
