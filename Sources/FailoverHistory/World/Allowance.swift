/// How much the judge forgives, in microseconds: what the harness cannot see exactly is not held against the cluster.
public struct Allowance: Sendable, Hashable, Codable {
    /// From a cause to its sight at any client, and between the clocks of two recording threads: busy event loops of
    /// the harness, buffers of the system. A `peer-left` this soon after a `hello` may still be of the time before.
    public var observation: Int64 = 1_000_000
    /// After a join, a leave or a return, until every view must have it.
    public var convergence: Int64 = 3_000_000
    /// After the loss of a node, until no view may list its lost members.
    public var sweep: Int64 = 10_000_000
    /// Before the end of the history, in which an acknowledged signal may still be under way.
    public var decision: Int64 = 5_000_000

    public init() {}
}
