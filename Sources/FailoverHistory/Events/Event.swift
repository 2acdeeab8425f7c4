/// One thing that happened in a failover run, with the moment at which the harness saw it.
public struct Event: Sendable, Hashable, Codable {
    /// Microseconds of the one monotonic clock of the harness process, 0 at the start of the run.
    ///
    /// Taken where the thing is seen (the frame was decoded, the process was signalled), not where it is recorded.
    public let at: Int64
    public let kind: Kind

    public init(at: Int64, _ kind: Kind) {
        self.at = at
        self.kind = kind
    }

    /// What a harness records.
    ///
    /// A client is one peerId with one `sid` in one room for all of its life: a program that starts anew is a new
    /// client. `connection` is the client's connection counter `cn`.
    public enum Kind: Sendable, Hashable, Codable {
        // The life of a client.

        /// The `hello` of a connection was written.
        case hello(client: Client, connection: Int, resumes: Bool)
        /// A `welcome` arrived with all its `members` pages; `members` are the other peers it lists.
        case joined(client: Client, connection: Int, room: Int, node: String, resumed: Bool, members: [Client])
        /// A welcomed connection ended; `code` is the close code, 1006 without one, 1001 when the client itself closed it to
        /// come back later.
        case socketLost(client: Client, connection: Int, code: Int)
        /// The first dial after the loss of the last open connection.
        case resumeBegan(client: Client)
        /// The client sent `leave` or closed with 1000; nothing of it follows.
        case leftOnPurpose(client: Client)
        /// The client vanishes and never comes back: by the plan of the run (`planned`), or because it could not.
        case gaveUp(client: Client, why: String, planned: Bool)

        // Directed signals.

        /// A reliable signal was written for the first time; repeats under the same id are not recorded.
        ///
        /// `id` is unique per sender; ids need not be dense, the order of these events is the sending order.
        case sent(client: Client, id: Int, to: Client)
        /// An `ack`, `nack` or `undeliverable` arrived at the sender.
        case outcome(client: Client, id: Int, to: Client, Outcome)
        /// A reliable signal arrived; `isRepeat` when the client's own dedupe kept it from the application.
        case arrived(client: Client, from: Client, id: Int, isRepeat: Bool)
        /// A best-effort directed signal was written; `number` is unique per sender.
        case bestEffortSent(client: Client, number: Int, to: Client)
        /// A best-effort directed signal arrived.
        case bestEffortArrived(client: Client, from: Client, number: Int)

        // Presence as a client sees it.

        /// `peer-joined`.
        case sawJoin(client: Client, peer: Client)
        /// `peer-left`.
        case sawLeave(client: Client, peer: Client, reason: LeaveReason)
        /// `peer-updated`.
        case sawUpdate(client: Client, peer: Client)
        /// `resync` with all its pages.
        case sawMembers(client: Client, members: [Client])

        // The world.

        /// The harness did harm; a round may have several, one per act (each node of a rolling restart).
        case fault(step: Step, round: Int, Fault, nodes: [String])
        /// The last harm of the round was undone, or nothing is left to undo (a kill: the moment of the kill).
        case healed(step: Step, round: Int)
        /// The observation of the round is over; the views are judged here.
        case settled(step: Step, round: Int)
        /// The process of the node is gone.
        case nodeDown(node: String)
        /// The node is ready.
        case nodeUp(node: String)
        /// The node has played its part in the run and ends unwatched.
        case nodeRetired(node: String)
        /// The node's `/health` began or ceased to say `degraded`.
        case degraded(node: String, isDegraded: Bool)
        /// Readings of a node process; `cpuMicros` and `refences`, the leases that it lost and replaced, count from its start.
        case sample(node: String, rssBytes: Int, cpuMicros: Int, refences: Int)
        /// Readings of the Redis primary; both count from its start.
        case redis(commands: Int, cpuMicros: Int)
        /// The members of one room as Redis or a node holds them, read just before `settled`.
        case audit(room: Int, source: AuditSource, members: [Client])
    }
}
