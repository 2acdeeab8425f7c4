import ArgumentParser

/// Feeds the readers of remote bytes with generated input, and checks what must hold for every input.
///
/// Each case follows from the seed and its number, so a finding is repeated by the command that it prints.
@main
struct SignalFuzz: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signal-fuzz",
        abstract: "Feeds generated input to everything that reads bytes of strangers.",
        discussion: "Targets: \(FuzzName.allCases.map(\.rawValue).joined(separator: ", ")), all.")

    @Option(help: "Cases for each target.")
    var cases: UInt64 = 100_000

    @Option(help: "Where the generators start.")
    var seed: UInt64 = .random(in: 0...999_999_999)

    @Option(help: "What is fed.")
    var target = "all"

    func run() async throws {
        let names = target == "all" ? FuzzName.allCases : FuzzName(rawValue: target).map { [$0] } ?? []
        guard !names.isEmpty else { throw ValidationError("--target \(target) is not known.") }
        CaseWitness.install()
        var found = false
        for name in names {
            let result = await FuzzRun(name, seed: seed).run(cases: cases)
            print(result.text)
            found = found || !result.findings.isEmpty
        }
        if found { throw ExitCode(1) }
    }
}
