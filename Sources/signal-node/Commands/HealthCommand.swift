import ArgumentParser
import SignalNode

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `signal-node health`: asks the node on this machine whether it is ready, for a container's health check.
struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Asks a node whether it is ready; exits with 0 if so, else with 1.",
        discussion: "Without --url the node on this machine is asked, at the PORT of the environment.")

    @Option(help: "The address to ask (http or https).")
    var url: String?

    @Option(help: "Milliseconds after which no answer counts as bad.")
    var timeoutMs = 2_000

    func run() async throws {
        let port = NodeConfigurationReader(
            arguments: [], environment: ProcessInfo.processInfo.environment, hostName: "localhost"
        ).configuration.listener.port
        let address = url ?? "http://127.0.0.1:\(port)/readyz"
        guard let client = NodeClient(url: address) else {
            throw ValidationError("--url must be an http:// or https:// address, but is \"\(address)\".")
        }
        do {
            let status = try await client.answer(timeoutMs: max(1, timeoutMs)).status
            print("\(address) answered \(status)")
            if !(200..<300).contains(status) { throw ExitCode(1) }
        } catch let failure as NodeClient.Failure {
            print("\(address): \(failure.sentence)")
            throw ExitCode(1)
        }
    }
}
