import SignalDomain
import Testing

@testable import Backplane

/// A large room is read in pages while it changes: each page shows another moment.
@Suite("A room that changes while it is read")
struct LargeRoomTests {
    private struct Truth {
        var version: UInt64 = 100
        var members: [PeerID: MemberRecord] = [:]
        var changes: [(UInt64, RoomView.Change)] = []
        private var serial: UInt64 = 0

        mutating func change(_ peer: PeerID, at node: NodeInstance, _ random: inout SeededRandom) {
            version += 1
            serial += 1
            if let old = members[peer], Bool.random(using: &random) {
                members[peer] = nil
                let departure = InboxFrame.Departure(
                    session: old.session, node: old.node, connection: old.connection, reason: .left)
                changes.append((version, .left(peer, departure)))
            } else {
                var record = MemberRecord(
                    node: node, session: SessionID(high: 0, low: serial), connection: ConnectionID(bits: serial),
                    owner: "ip:1")
                if let old = members[peer], Bool.random(using: &random) {
                    record.session = old.session
                    if Bool.random(using: &random) { record = old }
                    record.metadata = "\(serial)"
                }
                members[peer] = record
                changes.append((version, .joined(peer, record)))
            }
        }
    }

    @Test("is seen as it is once the changes after its first page are applied", arguments: UInt64(1)...200)
    func replay(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var truth = Truth()
        let peers = (0..<12).map { peer("p\($0)") }
        let nodes = [NodeInstance(bits: 2), NodeInstance(bits: 3)]
        func step(_ count: Int) {
            for _ in 0..<count {
                truth.change(peers[Int.random(in: 0..<12, using: &random)], at: nodes[count % 2], &random)
            }
        }
        step(20)
        var view = RoomView(guards: .all)
        view.beginSync()
        let first = truth.version
        var pages: [PeerID: MemberRecord] = [:]
        for page in 0..<4 {
            for peer in peers[3 * page..<3 * page + 3] { pages[peer] = truth.members[peer] }
            step(Int.random(in: 0...4, using: &random))
        }
        let early = Int.random(in: 0...truth.changes.count, using: &random)
        for (version, change) in truth.changes.prefix(early) { _ = view.offer(change, version: version, now: 0) }
        let snapshot = RoomSnapshot(version: first, members: pages, interest: [:])
        _ = view.apply(snapshot, own: NodeInstance(bits: 1), settling: false, now: 0)
        for (version, change) in truth.changes.dropFirst(early) { _ = view.offer(change, version: version, now: 0) }
        #expect(view.version == truth.version)
        #expect(view.members == truth.members, "seed \(seed)")
        #expect(view.interest == Set(truth.members.values.map(\.node)), "seed \(seed)")
    }
}
