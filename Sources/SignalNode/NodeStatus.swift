import Synchronization

/// What the node tells about itself to health checks and operators.
public struct NodeStatus: Sendable, Hashable {
    /// The state of the shared backplane as `/health` names it.
    public enum Backplane: String, Sendable, Hashable {
        case up
        /// Some shards are out of reach, and with them their rooms on other nodes.
        case partial
        case down
        /// The node runs alone on its embedded backplane.
        case none
    }

    public var nodeName: String
    public var backplane: Backplane
    /// The node cannot reach the other nodes now, for some rooms at least; its own rooms work.
    public var isDegraded: Bool
    public var isDraining: Bool
    /// Whether new peers are welcome: registered once where that is required, and not draining.
    public var isReady: Bool
}

/// The facts behind `NodeStatus`. Safe from any thread: one `Mutex`.
final class NodeStatusBoard: Sendable {
    /// What is known of one shard.
    struct Facts {
        var isConnected = false
        var wasRegistered = false
        /// Until it was reached for the first time, too.
        var isDegraded = true
        /// Live nodes of this shard know other shards than this node.
        var isMismatched = false
        /// Since when it was asked again and there was no such node, in milliseconds.
        var agreesSince: Int64?

        /// Takes the answer of a shard that was asked again. It is trusted only when it lasts: right after an outage of
        /// the shard its nodes may not be back yet.
        mutating func compare(agrees: Bool, now: Int64, patienceMs: Int64) {
            agreesSince = agrees ? agreesSince ?? now : nil
            isMismatched = agreesSince.map { now - $0 < patienceMs } ?? true
        }
    }

    /// Where the cluster's runner of one shard writes.
    struct Shard: Sendable {
        fileprivate let board: NodeStatusBoard
        fileprivate let index: Int

        func update(_ body: (inout Facts) -> Void) { board.state.withLock { body(&$0.shards[index]) } }

        /// Whether some shard has told this node that it is wrong about the shards: then it must not be the first one of
        /// another that came back empty.
        var isDoubtful: Bool { board.state.withLock { $0.shards.contains(where: \.isMismatched) } }
    }

    /// Where the node is on its way out; only `closing` is final.
    private enum Course { case serving, draining, closing }

    private struct State {
        var shards: [Facts]
        var course = Course.serving
        var isDraining: Bool { course != .serving }
    }

    private let state: Mutex<State>
    private let nodeName: String
    private let isShared: Bool
    private let requiresRegistration: Bool

    init(nodeName: String, shards: Int, isShared: Bool, requiresRegistration: Bool) {
        self.nodeName = nodeName
        self.isShared = isShared
        self.requiresRegistration = requiresRegistration
        state = Mutex(State(shards: Array(repeating: Facts(), count: max(shards, 1))))
    }

    /// - Parameter index: below the number of shards.
    func shard(_ index: Int) -> Shard { Shard(board: self, index: index) }

    /// Whether it is so now: a node that closes its sockets stays on its way out.
    func setDraining(_ isDraining: Bool) -> Bool {
        state.withLock { state in
            if state.course != .closing { state.course = isDraining ? .draining : .serving }
            return state.isDraining == isDraining
        }
    }

    /// The point of no return; false when the drain was taken back before.
    func beginClosing() -> Bool {
        state.withLock { state in
            if state.isDraining { state.course = .closing }
            return state.isDraining
        }
    }

    var status: NodeStatus {
        let state = state.withLock { $0 }
        let connected = state.shards.count(where: \.isConnected)
        let backplane: NodeStatus.Backplane =
            if !isShared { .none } else if connected == state.shards.count { .up } else {
                connected > 0 ? .partial : .down
            }
        // A node that serves some shards serves: the peers of the others are told to come back.
        let isRegistered = state.shards.contains(where: \.wasRegistered)
        let isDoubtful = state.shards.contains { $0.isMismatched && !$0.wasRegistered }
        return NodeStatus(
            nodeName: nodeName, backplane: backplane,
            isDegraded: isShared && state.shards.contains(where: \.isDegraded), isDraining: state.isDraining,
            isReady: !state.isDraining && !isDoubtful && (isRegistered || !requiresRegistration))
    }
}
