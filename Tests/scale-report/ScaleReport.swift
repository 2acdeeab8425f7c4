import ArgumentParser
import Foundation
import ScaleSimulation

/// Plays the story of a hundred nodes and a million peers, and writes what it cost.
@main
struct ScaleReport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale-report",
        abstract: "Simulates a cluster in virtual time, prices its commands on a real Redis, and writes docs/scale.md.")

    @Option(help: "Nodes of the cluster.")
    var nodes = 100

    @Option(help: "Peers: a multiple of 500.")
    var peers = 1_000_000

    @Option(help: "The page to write; nothing is written without it.")
    var page: String?

    func validate() throws {
        guard nodes > 1, peers > 0, peers.isMultiple(of: 500) else {
            throw ValidationError("At least two nodes, and peers in blocks of 500.")
        }
    }

    func run() throws {
        let clock = ContinuousClock()
        let start = clock.now
        let findings = try Findings.gather(Scenario(nodes: nodes, peers: peers)) { line in
            let seconds = (clock.now - start).components.seconds
            FileHandle.standardError.write(Data("\(seconds) s: \(line)\n".utf8))
        }
        print(findings.sections.joined(separator: "\n\n"))
        if let page { try Page.write(findings.sections, to: page) }
        guard findings.story.faults.isEmpty, findings.story.wrongAfterDeath + findings.story.wrongAfterEmpty == 0 else {
            print("The cluster went wrong: \(findings.story.faults)")
            throw ExitCode.failure
        }
    }
}
