import Logging
import SignalNode

/// What is read anew on SIGHUP: one hook per file, each on its own, so that a broken one stops no other.
struct Reload: Sendable {
    /// Reads one file and puts it in force.
    struct Hook: Sendable {
        /// The setting that names the file.
        let name: String
        /// Throws, and has changed nothing, when the file is broken.
        let run: @Sendable () async throws -> Void
    }

    let hooks: [Hook]

    init(_ hooks: [Hook]) { self.hooks = hooks }

    /// Runs every hook; what is refused stays as it was.
    func run(_ logger: Logger, audit: AuditLog) async {
        for hook in hooks {
            do {
                try await hook.run()
                audit.record(AuditEntry(.fileReloaded, by: .node, target: hook.name))
                logger.info("reload.done", metadata: ["setting": "\(hook.name)"])
            } catch {
                let refusal = AuditEntry.Result.refused(code: "invalid_file")
                audit.record(AuditEntry(.fileReloaded, by: .node, target: hook.name, result: refusal))
                logger.error("reload.refused", metadata: ["setting": "\(hook.name)", "error": "\(error)"])
            }
        }
    }
}
