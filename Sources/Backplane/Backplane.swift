public import NIOCore

/// How nodes talk: commands on shared state, and one inbox per node.
///
/// There are two implementations, Redis and memory, and one contract test suite runs against both. Everything is confined
/// to `loop`: callers call on it, and completions and events arrive on it. A connection here means all links together;
/// when any of them is lost, all that was learned on it is void, and the next `.up` has a higher generation.
public protocol Backplane: AnyObject {
    var loop: any EventLoop { get }

    /// Connects as `node`, subscribed to its inbox, and reconnects for ever; an earlier connection is dropped.
    func connect(as node: NodeInstance, events: @escaping (BackplaneEvent) -> Void)

    /// Drops the connection and dials again under a new generation, as after a silent failure.
    ///
    /// - Parameter reason: for the log.
    func reconnect(after loss: LinkLoss, reason: String)

    /// Sends one command; commands take effect in the order of the calls. Not connected: fails at once.
    func call(
        _ command: BackplaneCommand, completion: @escaping (Result<BackplaneReply, BackplaneError>) -> Void)

    /// Hands a batch of frames to the inboxes of `nodes`, in order with commands.
    ///
    /// - Parameter completion: called once, when the batch no longer takes memory here: passed on (true) or lost (false).
    func publish(_ batch: ByteBuffer, to nodes: [NodeInstance], completion: @escaping (Bool) -> Void)

    /// Ends all links for good.
    func close()
}

/// What happens to a node's connection.
public enum BackplaneEvent {
    /// All links are up and the inbox subscription is confirmed.
    case up(generation: UInt64)
    /// A connection that was up is given up; the reason is for the log.
    case down(LinkLoss, reason: String)
    /// One batch of inbox frames.
    case inbox(ByteBuffer)
}
