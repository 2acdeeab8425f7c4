import ArgumentParser
import SignalNode

/// `signal-node audit verify FILE…`: follows the chain of the log and names the first line that breaks it.
struct AuditVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks that no line of the audit log was changed, moved or taken out.",
        discussion: """
            Reads the closed files FILE.<number> and then FILE; a closed file alone is read alone. Exits with 0 when the \
            chain holds, else with 1. Whoever can write every line can also write another chain: compare the printed \
            head with one that was kept elsewhere.
            """)

    @Argument(help: "The file that AUDIT_LOG names.")
    var file: String

    func run() throws {
        var chain = AuditVerification()
        let paths = AuditLog.closedFiles(of: file) + [file]
        for path in paths {
            var reader: LineReader
            do {
                reader = try LineReader(path: path)
            } catch {
                print("\(path): cannot be read.")
                throw ExitCode(1)
            }
            let before = chain.lines
            while let line = reader.next() {
                guard let fault = chain.take(line) else { continue }
                print("\(path): line \(fault.line - before) is broken: \(fault.reason).")
                throw ExitCode(1)
            }
            guard reader.unfinished.isEmpty else {
                print("\(path): line \(chain.lines - before + 1) is broken: it has no end.")
                throw ExitCode(1)
            }
        }
        guard let first = chain.firstSequence, let last = chain.lastSequence, let head = chain.head else {
            print("\(file): holds no line.")
            throw ExitCode(1)
        }
        print("\(chain.lines) lines in \(paths.count) files, seq \(first) to \(last): the chain holds. head \(head)")
    }
}
