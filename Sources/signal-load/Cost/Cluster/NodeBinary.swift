import ArgumentParser
import Foundation

/// The `signal-node` executable that a command starts.
enum NodeBinary {
    /// - Parameter path: what the user asked for; else the one beside this program, or of the last build.
    static func find(_ path: String?) throws -> String {
        let program =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        let own = URL(fileURLWithPath: program).deletingLastPathComponent().path()
        let candidates =
            path.map { [$0] } ?? [own + "signal-node", ".build/release/signal-node", ".build/debug/signal-node"]
        guard let found = candidates.first(where: FileManager.default.isExecutableFile) else {
            throw ValidationError(
                "there is no signal-node at \(candidates.joined(separator: ", ")): build it, or use --node.")
        }
        return found
    }
}
