/// How many threads serve a node: the event loops of its sockets, and perhaps one more for the cluster.
///
/// A pure value of the number of cores, which NIO reads from the quota or the set of processors of a container, rounded
/// up. One loop relays some 50,000 messages per second, and a hop to another one costs two wake-ups of 20 to 50 µs; so
/// the cluster shares the loop of a node that has only one, and up to two cores one it is: the other core is for Redis,
/// the kernel and the HTTP routes.
struct EventLoopPlan: Equatable {
    let sockets: Int

    /// - Parameter configured: the number of loops that the operator wants; 0 = the one that fits the cores.
    init(configured: Int, cores: Int) {
        sockets = configured > 0 ? configured : max(1, cores - 1)
    }

    /// Whether the cluster has a loop of its own, so that a burst of recovery does not delay sockets.
    var isClusterApart: Bool { sockets > 1 }
}
