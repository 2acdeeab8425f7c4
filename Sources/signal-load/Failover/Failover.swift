import ArgumentParser
import FailoverHistory
import Foundation
import NIOCore
import NIOPosix

/// `signal-load failover`: faults of cluster.md against real processes, and the judge's word on what clients saw.
struct Failover: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Kills, stops and cuts off the parts of a real cluster, and checks what its clients were promised.",
        discussion: """
            Starts Redis, three nodes and the edge on free ports of this machine, lets clients talk, plays the faults \
            F1 to F9, and judges the recorded history. Nothing is left behind, however it ends. Needs redis-server and \
            haproxy; with --compose a Docker engine with the image signal-node:local instead.
            The exit status is 0 when every goal was met, 1 when one was not, 2 when the cluster could not be run or \
            the run was interrupted: then the report has what was played.
            """)

    @Flag(help: "The short plan: one or two rounds of the important steps, under four minutes. Else the full one.")
    var quick = false

    @Flag(help: "Plays with the containers of docker-compose.yml in place of processes: its own plan, 150 clients.")
    var compose = false

    @Option(help: "The steps to play, for example F1,F4a,F6; else those of the plan.")
    var steps: String?

    @Option(help: "Rounds of each step, instead of those of the plan.")
    var rounds: Int?

    @Option(help: "Clients in rooms of five: 150 in the short plan, else 300.")
    var clients: Int?

    @Option(help: "The seed of every random choice.")
    var seed = UInt64.random(in: 0...UInt64(UInt32.max))

    @Option(help: "LEASE_MS of the nodes.")
    var leaseMs = 5_000

    @Option(help: "HEARTBEAT_MS of the nodes.")
    var heartbeatMs = 500

    @Option(help: "The signal-node executable; else that of this build.")
    var node: String?

    @Option(help: "HAProxy's configuration.")
    var edge = "infra/edge/haproxy.cfg"

    @Option(help: "Guards that the nodes switch off (debug builds), for example V1,V3: the judge has to notice.")
    var withoutGuards: String?

    @Flag(help: "Exit with 0 if the judge found a violation, with 1 if not.")
    var expectViolation = false

    @Option(help: "Writes the report as JSON to this file.")
    var json: String?

    @Option(help: "Writes the timeline as SVG to this file.")
    var svg: String?

    @Option(help: "Writes the raw events, one JSON object per line, to this file.")
    var history: String?

    @Option(help: "Keeps the logs of all processes in this directory; else they are kept only when the run fails.")
    var logs: String?

    func validate() throws {
        guard (10...20_000).contains(clients ?? 10), (1...10_000).contains(rounds ?? 1) else {
            throw ValidationError("--clients is 10 to 20,000, --rounds 1 to 10,000.")
        }
        guard (500...60_000).contains(leaseMs), (50...leaseMs / 3).contains(heartbeatMs) else {
            throw ValidationError("--lease-ms is 500 to 60,000, and three heartbeats fit into it.")
        }
        guard !compose || node == nil && withoutGuards == nil else {
            throw ValidationError("--node and --without-guards are for processes: containers run the image.")
        }
        _ = try schedule()
    }

    func run() async throws {
        let run = try prepared()
        try OpenFileLimit.raise(to: run.clients * 3 + 1_000)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let startedAt = Date()
        // Who interrupts the run gets the report of what was played.
        let play = Task { await run.play(on: group) }
        let signals = ProcessLedger.shared.endOnSignals { play.cancel() }
        let deadline = RunDeadline.arm(seconds: run.longestSeconds) { play.cancel() }
        defer {
            deadline.cancel()
            withExtendedLifetime(signals) { ProcessLedger.shared.endAll() }
        }
        let remarks = await play.value
        ProcessLedger.shared.endAll()

        let history = History(
            seed: seed, machine: Machine.current().description, startedAt: startedAt.formatted(.iso8601),
            timing: run.timing, events: run.recorder.taken())
        let judgement = Judgement(of: history)
        try write(judgement, of: history)
        print(judgement.report.text())
        for (complaint, count) in remarks.complaints.sorted(by: { $0.key < $1.key }) {
            print("\(count) × \(complaint)")
        }
        for note in remarks.notes { print(note) }
        try await group.shutdownGracefully()
        try finish(judgement.report, remarks, directory: run.settings.directory)
    }

    private func finish(_ report: Report, _ remarks: FailoverRun.Remarks, directory: String) throws {
        for sentence in remarks.failures { print("\(sentence): the run fails.") }
        if let breakOff = remarks.breakOff {
            print("The run broke off: \(breakOff)")
            print("The logs are in \(directory).")
            throw ExitCode(2)
        }
        let isBroken = remarks.complaints.keys.contains { $0.hasPrefix(Fleet.breach) }
        if isBroken { print("A server broke the protocol, see above: the run fails.") }
        let hasViolation = report.verdict == .fail || isBroken || !remarks.failures.isEmpty
        if hasViolation == expectViolation {
            if logs == nil { try? FileManager.default.removeItem(atPath: directory) }
        } else {
            print("The logs are in \(directory); --seed \(seed) repeats the choices.")
            throw ExitCode.failure
        }
    }

    private func write(_ judgement: Judgement, of history: History) throws {
        if let json { try judgement.report.json().write(to: URL(fileURLWithPath: json)) }
        if let svg { try Data(Timeline.svg(of: judgement).utf8).write(to: URL(fileURLWithPath: svg)) }
        if let path = self.history {
            let encoder = JSONEncoder()
            var lines = Data()
            for event in history.events {
                lines += try encoder.encode(event)
                lines.append(UInt8(ascii: "\n"))
            }
            try lines.write(to: URL(fileURLWithPath: path))
        }
    }

    private func prepared() throws -> FailoverRun {
        let directory = logs ?? NSTemporaryDirectory() + "signal-load-failover-\(getpid())"
        guard directory.utf8.count < 80 else { throw ValidationError("--logs: sockets need a shorter path.") }
        let files = compose ? ComposeProject.files : [edge]
        for file in files where !FileManager.default.isReadableFile(atPath: file) {
            throw ValidationError("\(file) cannot be read: run from the root of the project.")
        }
        let place =
            compose
            ? RigSettings.Place.containers : .processes(.init(node: try nodeBinary(), edgeConfiguration: edge))
        var settings = RigSettings(place: place, directory: URL(fileURLWithPath: directory).path())
        (settings.leaseMs, settings.heartbeatMs, settings.withoutGuards) = (leaseMs, heartbeatMs, withoutGuards)
        if quick { (settings.drainSeconds, settings.drainBalancerSeconds) = (5, 2) }
        return FailoverRun(
            schedule: try schedule(), settings: settings, clients: clients ?? (quick || compose ? 150 : 300),
            seed: seed,
            recorder: HistoryRecorder(), say: { FileHandle.standardError.write(Data("\($0)\n".utf8)) })
    }

    /// The plan, narrowed and stretched by the options.
    private func schedule() throws -> Schedule {
        var schedule = compose ? Schedule.containers : quick ? .quick : .full
        if let steps {
            let names = steps.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            guard let chosen = schedule.only(names, rest: compose ? .containers : .full), !chosen.entries.isEmpty else {
                let wanted = Set(names.map { $0.lowercased() })
                let refused = Step.allCases.filter { wanted.contains($0.rawValue.lowercased()) }
                    .compactMap(Schedule.containersRefuse)
                if compose, let why = refused.first { throw ValidationError(why) }
                let all = Step.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--steps \(steps): the steps are \(all); F4 means F4a and F4b.")
            }
            schedule = chosen
        }
        if let rounds { for index in schedule.entries.indices { schedule.entries[index].rounds = rounds } }
        return schedule
    }

    private func nodeBinary() throws -> String {
        let own = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path()
        let candidates =
            node.map { [$0] } ?? [own + "/signal-node", ".build/release/signal-node", ".build/debug/signal-node"]
        guard let found = candidates.first(where: FileManager.default.isExecutableFile) else {
            throw ValidationError(
                "there is no signal-node at \(candidates.joined(separator: ", ")): build it, or use --node.")
        }
        return found
    }
}
