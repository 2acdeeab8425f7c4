import ArgumentParser

/// `signal-node audit`: reads the audit log of a node on this machine.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Checks or shows the audit log (AUDIT_LOG).",
        subcommands: [AuditVerifyCommand.self, AuditTailCommand.self])
}
