import Logging
import Observability
import SignalNode

/// The settings that may change while the node runs, though no file of their own holds them: the TURN secrets and the
/// level of the log.
///
/// The environment and the flags of a process stay as they are, so what changes is the file of `TURN_SECRET_FILE` and
/// the one of `CONFIG_FILE`.
struct RunningSettings: Sendable {
    /// Reads all settings again; throws when any of them is wrong.
    let read: @Sendable () throws -> NodeConfiguration

    /// What SIGHUP does.
    func hooks(for node: Node, _ log: JSONLog) -> [Reload.Hook] {
        [
            Reload.Hook(name: "TURN_SECRET") { node.use(turnSecrets: try read().turn.secrets) },
            Reload.Hook(name: "LOG_LEVEL") { log.use(level: try read().logLevel) },
        ]
    }
}
