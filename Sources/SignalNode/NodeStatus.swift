import Synchronization

/// What the node tells about itself to health checks and operators.
public struct NodeStatus: Sendable, Hashable {
    /// The state of the shared backplane as `/health` names it.
    public enum Backplane: String, Sendable, Hashable {
        case up
        case down
        /// The node runs alone on its embedded backplane.
        case none
    }

    public var nodeName: String
    public var backplane: Backplane
    /// The node cannot reach the other nodes now; its own rooms work.
    public var isDegraded: Bool
    public var isDraining: Bool
    /// Whether new peers are welcome: registered once where that is required, and not draining.
    public var isReady: Bool
}

/// The facts behind `NodeStatus`. Safe from any thread: one `Mutex`.
final class NodeStatusBoard: Sendable {
    struct Facts {
        var isConnected = false
        var wasRegistered = false
        var isDegraded = false
        var isDraining = false
    }

    private let facts = Mutex(Facts())
    private let nodeName: String
    private let isShared: Bool
    private let requiresRegistration: Bool

    init(nodeName: String, isShared: Bool, requiresRegistration: Bool) {
        self.nodeName = nodeName
        self.isShared = isShared
        self.requiresRegistration = requiresRegistration
    }

    func update(_ body: (inout Facts) -> Void) { facts.withLock { body(&$0) } }

    var status: NodeStatus {
        let facts = facts.withLock { $0 }
        return NodeStatus(
            nodeName: nodeName, backplane: isShared ? (facts.isConnected ? .up : .down) : .none,
            isDegraded: isShared && facts.isDegraded, isDraining: facts.isDraining,
            isReady: !facts.isDraining && (facts.wasRegistered || !requiresRegistration))
    }
}
