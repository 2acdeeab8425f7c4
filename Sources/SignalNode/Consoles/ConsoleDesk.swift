import Backplane
import NIOCore
import SignalDomain

/// What one shard's core keeps for the consoles of operators: who wants to be told, and which questions are open.
///
/// Confined to the loop of its core.
struct ConsoleDesk {
    /// Nodes that may want to be told at once, and questions that may be open.
    static let maxWatchers = 64
    static let maxQuestions = 64

    struct Question {
        var awaited: Set<NodeInstance>
        var answers: [NodeInstance: ByteBuffer] = [:]
        let done: ([NodeInstance: ByteBuffer]) -> Void
    }

    /// Until when each node wants to be told, in milliseconds of the node's clock.
    var watchers: [NodeInstance: Int64] = [:]
    var isTelling = false
    var questions: [UInt64: Question] = [:]
    var asked: UInt64 = 0

    /// How long a wish to be told lasts, and how long events are collected, in milliseconds.
    private(set) var watchMs: Int64 = 0
    private(set) var batchMs: Int64 = 0
    private(set) weak var node: Node?

    /// Answers for this node from now on.
    mutating func serve(_ node: Node) {
        self.node = node
        watchMs = Int64(node.configuration.console.reportMs) * 5
        batchMs = Int64(node.configuration.console.eventBatchMs)
    }

    /// Members that nobody but the cluster has seen go.
    func note(_ event: PresenceEvent, _ room: RoomKey) {
        guard let node, case .left(let peer, let reason) = event, reason == .timeout || reason == .nodeLost else {
            return
        }
        node.timelines[room]?.add(RoomEvent(at: node.clock.wall().milliseconds, .left(reason), from: peer))
    }
}
