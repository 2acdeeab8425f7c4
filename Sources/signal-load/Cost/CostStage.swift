import NIOCore

/// Where costs are measured: the cluster, the meter, and the rows so far.
///
/// Confined to the task that measures.
final class CostStage {
    let sizes: CostSizes
    let cluster: CostCluster
    let meter: CostMeter
    var rows: [CostRow] = []
    var growth: [GrowthRow] = []
    let loop: any EventLoop
    /// Gets a line of progress.
    let say: @Sendable (String) -> Void
    private var groups = 0

    init(
        sizes: CostSizes, cluster: CostCluster, meter: CostMeter, loop: any EventLoop,
        say: @escaping @Sendable (String) -> Void
    ) {
        (self.sizes, self.cluster, self.meter, self.loop, self.say) = (sizes, cluster, meter, loop, say)
    }

    func add(_ title: String, _ formula: Formula, _ cost: EventCost) {
        let row = CostRow(title, formula, cost)
        rows.append(row)
        say("\(title): \(Figure.number(row.commands, digits: 2)) commands\(row.holds ? "" : " ✘")")
    }

    /// A name for rooms that nothing else of the run uses.
    func newGroup() -> String {
        groups += 1
        return "cost\(groups)"
    }

    /// One peer for each of `count` rooms, not yet open.
    func peers(_ dialect: Peer.Dialect, _ name: String, in group: String, rooms count: Int) async throws -> [Peer] {
        var peers: [Peer] = []
        for room in 0..<count {
            peers.append(try await Peer(dialect, name: "\(name)-\(room)", room: "\(group)-\(room)", on: loop))
        }
        return peers
    }

    /// An open peer whose node has heard its first frame.
    func resident(_ dialect: Peer.Dialect, _ name: String, in room: String, node: Int) async throws -> Peer {
        let peer = try await Peer(dialect, name: name, room: room, on: loop)
        try await peer.open(at: cluster.endpoint(node))
        peer.say(Words.heartbeat)
        return peer
    }

    func open(_ peers: [Peer], node: Int) async throws {
        let endpoint = try cluster.endpoint(node)
        for peer in peers { try await peer.open(at: endpoint) }
    }
}

/// What clients say.
enum Words {
    static let heartbeat = #"{"type":"heartbeat"}"#

    /// - Parameter number: makes a dialect 2 client report it.
    static func broadcast(_ number: Int) -> String { #"{"type":"note","n":\#(number),"text":"\#(filler)"}"# }

    static func directed(_ number: Int, to peer: String) -> String {
        #"{"type":"candidate","to":"\#(peer)","n":\#(number),"text":"\#(filler)"}"#
    }

    static func reliable(_ number: Int, to peer: String) -> String {
        #"{"type":"offer","to":"\#(peer)","id":"\#(number)","text":"\#(filler)"}"#
    }

    /// As long as a small real signal.
    private static let filler = String(repeating: "a=candidate 1 udp 1677729535 203.0.113.7 46154 ", count: 3)
}
