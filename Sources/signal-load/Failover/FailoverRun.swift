import FailoverHistory
import Foundation
import NIOCore
import NIOPosix

/// Plays a schedule: for each kind of rig its processes, its clients, and round after round.
struct FailoverRun {
    let schedule: Schedule
    let settings: RigSettings
    let clients: Int
    let seed: UInt64
    let recorder: HistoryRecorder
    /// Gets a line of progress.
    let say: @Sendable (String) -> Void

    private static let calmLimit = Duration.seconds(12)

    /// What clients complained of, what steps noted, and how the run ended.
    struct Remarks: Sendable {
        var complaints: [String: Int] = [:]
        /// Sentences about what the judge cannot see: signals whose fate was open long after everybody was back, nodes
        /// that ended by themselves. Each fails the run.
        var failures: [String] = []
        var notes: [String] = []
        /// Why not all rounds were played.
        var breakOff: String?
    }

    var timing: Timing {
        Timing(lease: Int64(settings.leaseMs) * 1_000, heartbeat: Int64(settings.heartbeatMs) * 1_000)
    }

    /// A run that takes longer hangs.
    var longestSeconds: Double {
        let rounds = schedule.entries.reduce(0) { $0 + $1.rounds }
        return 180 + 100 * Double(rounds)
    }

    /// Returns when all rounds are over, the cluster could not be started or brought back, or the task is cancelled;
    /// events so far are recorded.
    func play(on group: MultiThreadedEventLoopGroup) async -> Remarks {
        var remarks = Remarks()
        do {
            try await play(on: group, &remarks)
        } catch is CancellationError {
            remarks.breakOff = "it was interrupted"
        } catch {
            remarks.breakOff = "\(error)"
        }
        return remarks
    }

    private func play(on group: MultiThreadedEventLoopGroup, _ remarks: inout Remarks) async throws {
        var plays = 0
        for kind in [Rig.Kind.single, .sentinel] {
            let entries = schedule.entries.filter { $0.step.rig == kind }
            guard !entries.isEmpty else { continue }
            try await play(entries, on: kind, number: plays, group, &remarks)
            plays += 1
        }
    }

    private func play(
        _ entries: [Schedule.Entry], on kind: Rig.Kind, number: Int, _ group: MultiThreadedEventLoopGroup,
        _ remarks: inout Remarks
    ) async throws {
        say("starting \(kind == .single ? "Redis" : "Redis with Sentinels"), \(settings.nodes) nodes and the edge …")
        let (fleetLoop, wireLoop) = (group.next(), group.next())
        let rig = try await Rig.start(kind, settings, on: wireLoop)
        for node in rig.nodes { recorder.record(.nodeUp(node: node.name)) }
        let fleet = try await makeFleet(number: number, rig: rig, loop: fleetLoop)
        let stage = Stage(
            rig: rig, fleet: fleet, recorder: recorder, timing: timing, seed: seed &+ UInt64(number), loop: fleetLoop)
        defer {
            remarks.notes += stage.notes
            remarks.failures += stage.fallen
        }

        say("\(clients) clients join \(RoomPlan(clients: clients).spreads.count) rooms …")
        stage.refill()
        guard try await stage.waitUntil(within: .seconds(60), { $0.living > 0 && $0.isWhole }) else {
            let complaints = try await fleetLoop.submit { fleet.value.complaints }.get()
            throw RigFailure("the clients did not all come in within 60 s: \(try await stage.state()) \(complaints)")
        }
        for entry in entries {
            for round in 1...max(1, entry.rounds) { try await playRound(round, of: entry, on: stage, &remarks) }
        }
        let complaints = try await fleetLoop.submit {
            fleet.value.stop()
            return fleet.value.complaints
        }.get()
        remarks.complaints.merge(complaints, uniquingKeysWith: +)
        for node in rig.nodes { recorder.record(.nodeRetired(node: node.name)) }
        ProcessLedger.shared.endAll()
    }

    private func playRound(
        _ round: Int, of entry: Schedule.Entry, on stage: Stage, _ remarks: inout Remarks
    ) async throws {
        let began = recorder.now
        let audit = Audit(recorder: recorder)
        let title = "\(entry.step.step.rawValue) round \(round)"
        try await stage.raiseFallen("before \(title)")
        let wasCalm = try await stage.calm(within: Self.calmLimit)
        let before = try await stage.state()
        await audit.nodes(stage.rig.nodes)
        try await audit.redis(at: try await stage.rig.primary())

        let health = HealthWatch(stage.rig.nodes, recorder: recorder)
        defer { health.end() }
        try await stage.setTalking(true)
        try await Task.sleep(for: .seconds(1) + stage.randomDuration(upTo: .seconds(1)))
        try await entry.step.play(on: stage, round: round)
        try await stage.raiseFallen(title)

        let isWhole = try await stage.waitUntil(within: Self.calmLimit, \.isWhole)
        try await stage.setTalking(false)
        let isQuiet = try await stage.waitUntil(within: Self.calmLimit, \.isQuiet)
        let redis = try await stage.rig.primary()
        try await audit.rooms(try await stage.rooms(), at: redis)
        await audit.nodes(stage.rig.nodes)
        try await audit.redis(at: redis)
        let state = try await stage.state()
        recorder.record(.settled(step: entry.step.step, round: round))

        var line = "\(title)/\(entry.rounds): "
        line += String(format: "%.1f s, ", Double(recorder.now - began) / 1e6)
        line += "\(state.open) of \(state.living) clients open"
        if !wasCalm { line += ", not calm before (\(before))" }
        if !isWhole { line += ", not whole after" }
        if !isQuiet { line += " (\(state))" }
        if isWhole, !isQuiet, state.unfinished > 0 {
            remarks.failures.append(
                "\(title): \(state.unfinished) signals had no final outcome "
                    + "\(Self.calmLimit) after everybody was back and silent")
        }
        say(line)
    }

    private func makeFleet(number: Int, rig: Rig, loop: any EventLoop) async throws -> NIOLoopBound<Fleet> {
        let plan = RoomPlan(clients: clients)
        let targets = Fleet.Targets(
            run: "r\(UInt32(truncatingIfNeeded: seed))",
            edge: try Endpoint("ws://127.0.0.1:\(rig.edgePort)/signal"),
            nodes: try rig.nodes.map { try Endpoint("ws://127.0.0.1:\($0.port)/signal") })
        let (seed, recorder) = (seed, recorder)
        return try await loop.submit {
            let fleet = Fleet(
                plan: plan, targets: targets, firstClient: number * 1_000_000, firstRoom: number * 100_000,
                seed: seed &+ 1, recorder: recorder, loop: loop)
            return NIOLoopBound(fleet, eventLoop: loop)
        }.get()
    }
}
