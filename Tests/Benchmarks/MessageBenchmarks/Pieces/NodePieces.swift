/// One message through a node: everything between the frame rules and the sockets, limits and statistics included.
extension Benchmark {
    static let roomOfTwo = room("room-of-2", "one of 2 speaks, 1 frame out", members: 2)

    static let roomOfFifty = room("room-of-50", "one of 50 speaks, 49 frames out", members: 50)

    private static func room(_ name: String, _ subject: String, members: Int) -> Benchmark {
        Benchmark(name, subject, workPerMessage: members - 1) {
            let cluster = try BenchmarkCluster(nodes: 1)
            for number in 0..<members { try cluster.join(node: 0, number) }
            return try cluster.speaker()
        }
    }

    /// A message of its own batch: from the sender's session over the cluster's line into the other node's session.
    static let twoNodes = Benchmark("two-nodes", "1 of 2 on two nodes speaks, 1 frame out", workPerMessage: 1) {
        let cluster = try BenchmarkCluster(nodes: 2)
        for number in 0..<2 { try cluster.join(node: number, number) }
        return try cluster.speaker()
    }
}
