import ArgumentParser
import SignalNode

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `signal-node audit tail`: the last lines of the log, as they are.
struct AuditTailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Prints the last lines of the audit log.",
        discussion: "Without FILE, the file that AUDIT_LOG of the environment names.")

    @Argument(help: "The file of the log.")
    var file: String?

    @Option(name: [.customShort("n"), .long], help: "How many lines.")
    var lines = 20

    @Flag(name: .shortAndLong, help: "Goes on with the lines that are written from now on.")
    var follow = false

    func run() async throws {
        guard let file = file ?? ProcessInfo.processInfo.environment["AUDIT_LOG"], file != "-" else {
            throw ValidationError("Name the file of the log, or set AUDIT_LOG to it.")
        }
        guard var reader = try? LineReader(path: file) else {
            print("\(file): cannot be read.")
            throw ExitCode(1)
        }
        var last: [ArraySlice<UInt8>] = []
        while let line = reader.next() {
            last.append(line)
            if last.count > max(0, lines) { last.removeFirst() }
        }
        last.forEach(show)
        while follow {
            try await Task.sleep(for: .milliseconds(500))
            while let line = reader.next() { show(line) }
            if reader.isReplaced, let next = try? LineReader(path: file) { reader = next }
        }
    }

    private func show(_ line: ArraySlice<UInt8>) {
        print(String(decoding: line, as: UTF8.self))
    }
}
