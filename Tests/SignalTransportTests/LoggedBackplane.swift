import Backplane
import NIOCore
import Synchronization

/// The commands of a node, as text. Safe from any thread: one `Mutex`.
final class CommandLog: Sendable {
    private let commands = Mutex<[String]>([])

    func note(_ command: BackplaneCommand) { commands.withLock { $0.append(String(describing: command)) } }

    /// How many commands have this text in them.
    func count(naming text: String) -> Int { commands.withLock { $0.count { $0.contains(text) } } }
}

/// The embedded backplane, and a log of what was asked of it.
final class LoggedBackplane: Backplane {
    private let base: InMemoryBackplane
    private let log: CommandLog

    init(_ base: InMemoryBackplane, in log: CommandLog) {
        self.base = base
        self.log = log
    }

    var loop: any EventLoop { base.loop }

    func connect(as node: NodeInstance, events: @escaping (BackplaneEvent) -> Void) {
        base.connect(as: node, events: events)
    }

    func reconnect(after loss: LinkLoss, reason: String) { base.reconnect(after: loss, reason: reason) }

    func call(
        _ command: BackplaneCommand, completion: @escaping (Result<BackplaneReply, BackplaneError>) -> Void
    ) {
        log.note(command)
        base.call(command, completion: completion)
    }

    func publish(_ batch: ByteBuffer, to nodes: [NodeInstance], completion: @escaping (Bool) -> Void) {
        base.publish(batch, to: nodes, completion: completion)
    }

    func close() { base.close() }
}
