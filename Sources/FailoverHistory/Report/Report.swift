/// The judge's word on one history.
public struct Report: Sendable, Codable {
    public enum Verdict: String, Sendable, Codable { case pass, fail }

    public let seed: UInt64
    public let machine: String
    public let startedAt: String
    public let seconds: Double
    public let clients: Int
    public let timing: Timing
    public let allowance: Allowance
    /// The steps that were run, in the order of the specification.
    public let faults: [StepResult]
    /// The first few things that went wrong, of each kind in each step.
    public let findings: [Finding]
    public let verdict: Verdict

    /// `pass` when at least one step was run and every goal of every step is met.
    init(history: History, truth: Truth, faults: [StepResult], findings: [Finding]) {
        seed = history.seed
        machine = history.machine
        startedAt = history.startedAt
        seconds = Double(truth.world.end) / 1_000_000
        clients = truth.lives.byClient.count
        timing = truth.timing
        allowance = truth.allowance
        self.faults = faults
        self.findings = findings
        verdict = !faults.isEmpty && faults.allSatisfy(\.passes) ? .pass : .fail
    }
}
