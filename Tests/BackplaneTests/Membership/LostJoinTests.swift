import SignalDomain
import Testing

@testable import Backplane

/// A join that runs although its connection is gone: the session has moved to a node that does not hold it.
@Suite("A resume that is lost with its connection")
struct LostJoinTests {
    /// Ann's session on node 0 dials node 1, whose connection breaks while the join is under way; the join runs unheard.
    private func cluster() -> SimCluster {
        var cluster = SimCluster(nodes: 2)
        for (name, node) in [("ann", 0), ("bob", 0), ("cid", 1)] {
            cluster.dial(name, at: node)
            cluster.settle()
            cluster.listen(peer(name))
        }
        cluster.lose(peer("ann"), hasRead: true)
        for connection in cluster.abandoned(at: 0) { cluster.notice(connection, at: 0) }
        cluster.settle()
        cluster.dial("ann", at: 1)
        cluster.unlink(1, inFlightRun: true)
        cluster.settle()
        return cluster
    }

    @Test("is no leave: nobody sees one, and the session goes on where its client dials next")
    func resumes() {
        var cluster = cluster()
        #expect(cluster.shared.rooms[cluster.room]?.members[peer("ann")] != nil)
        for name in ["bob", "cid"] { #expect(cluster.clients[peer(name)]?.socket?.shown.contains(peer("ann")) == true) }
        cluster.send(from: peer("bob"), to: peer("ann"))
        cluster.settle()
        cluster.dial("ann", at: 0)
        cluster.settle()
        #expect(cluster.clients[peer("ann")]?.wire.first == .welcome(isResumed: true))
        for name in ["ann", "ann", "bob", "bob"] { cluster.listen(peer(name)) }
        cluster.flushConfirmations(0)
        cluster.advance(12_000)
        #expect(cluster.clients[peer("ann")]?.hasSurfaced(1, from: cluster.clients[peer("bob")]!.session) == true)
        #expect(cluster.wrongs == [])
        #expect(cluster.faults(rooms: [cluster.room]) == [])
    }

    @Test("ends with the settle time if its client does not come")
    func ends() {
        var cluster = cluster()
        cluster.advance(12_000)
        #expect(cluster.shared.rooms[cluster.room]?.members[peer("ann")] == nil)
        #expect(cluster.clients[peer("bob")]?.socket?.shown == [peer("cid")])
        #expect(cluster.clients[peer("cid")]?.socket?.shown == [peer("bob")])
        #expect(cluster.faults(rooms: [cluster.room]) == [])
    }
}
