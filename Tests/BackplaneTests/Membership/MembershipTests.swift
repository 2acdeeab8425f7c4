import Backplane
import NIOCore
import SignalDomain
import Testing

@Suite("Membership of nodes and peers")
struct MembershipTests {
    let room = try! RoomKey(namespace: "team", room: "alpha")  // a constant valid name

    /// How often `peer` was seen joining and leaving by a node.
    private func seen(_ cluster: SimCluster, by index: Int, _ name: String) -> (joins: Int, lefts: [LeaveReason]) {
        var joins = 0
        var lefts: [LeaveReason] = []
        for (_, event) in cluster.nodes[index].presence {
            switch event {
            case .joined(let who, _) where who.text == name: joins += 1
            case .left(let who, let reason) where who.text == name: lefts.append(reason)
            default: break
            }
        }
        return (joins, lefts)
    }

    @Test("a peer that joins one node is seen on the others that hold the room, once")
    func joinIsSeen() {
        var cluster = SimCluster(nodes: 3)
        cluster.join("bob", room, at: 1)
        cluster.settle()
        cluster.join("ann", room, at: 0)
        cluster.settle()
        #expect(cluster.nodes[1].interest[room] == [cluster.nodes[0].machine.node])
        #expect(seen(cluster, by: 1, "ann").joins == 1)
        #expect(cluster.nodes[2].presence.isEmpty)
        #expect(cluster.faults(rooms: [room]) == [])
    }

    @Test("the first leave of the last peer takes the room out of the other nodes' routes")
    func leaveIsSeen() {
        var cluster = SimCluster(nodes: 2)
        cluster.join("bob", room, at: 1)
        let ann = cluster.join("ann", room, at: 0)
        cluster.settle()
        cluster.leave(ann, at: 0)
        cluster.settle()
        #expect(cluster.nodes[1].interest[room] == nil)
        #expect(seen(cluster, by: 1, "ann").lefts == [.left])
        #expect(cluster.faults(rooms: [room]) == [])
    }

    @Test("a killed node's members leave within a lease and two heartbeats, once")
    func kill() {
        var cluster = SimCluster(nodes: 3)
        for (index, name) in ["ann", "bob", "cid"].enumerated() { cluster.join(name, room, at: index) }
        cluster.settle()
        cluster.advance(1_000)
        cluster.kill(0)
        cluster.advance(4_000)
        #expect(seen(cluster, by: 1, "ann").lefts == [], "not before the lease is over")
        cluster.advance(2_000)
        for survivor in [1, 2] { #expect(seen(cluster, by: survivor, "ann").lefts == [.nodeLost]) }
        #expect(cluster.faults(rooms: [room]) == [])
    }

    @Test("a room that only the dead node held is swept too")
    func killLonelyRoom() {
        var cluster = SimCluster(nodes: 2)
        cluster.join("ann", room, at: 0)
        cluster.settle()
        cluster.kill(0)
        cluster.advance(8_000)
        #expect(cluster.faults(rooms: [room]) == [])
    }

    @Test("an emptied Redis makes nobody leave and holds the truth again after one reconnect")
    func flush() {
        var cluster = SimCluster(nodes: 3)
        for (index, name) in ["ann", "bob", "cid"].enumerated() { cluster.join(name, room, at: index) }
        cluster.settle()
        cluster.flush()
        for index in 0..<3 { cluster.unlink(index) }
        cluster.advance(20_000)
        #expect(cluster.faults(rooms: [room]) == [])
        for index in 0..<3 {
            for name in ["ann", "bob", "cid"] { #expect(seen(cluster, by: index, name).lefts == []) }
        }
    }

    @Test("a flush without a lost connection is noticed by the next heartbeat")
    func silentFlush() {
        var cluster = SimCluster(nodes: 2)
        cluster.join("ann", room, at: 0)
        cluster.join("bob", room, at: 1)
        cluster.settle()
        cluster.flush()
        cluster.advance(20_000)
        #expect(cluster.faults(rooms: [room]) == [])
        #expect(seen(cluster, by: 1, "ann").lefts == [])
    }

    @Test("a Redis that was away for longer than a lease declares nobody dead")
    func amnesty() {
        var cluster = SimCluster(nodes: 3)
        for (index, name) in ["ann", "bob", "cid"].enumerated() { cluster.join(name, room, at: index) }
        cluster.advance(1_000)
        cluster.now += 8_000
        cluster.advance(20_000)
        for index in 0..<3 { #expect(cluster.nodes[index].machine.node == NodeInstance(bits: UInt64(index + 1))) }
        #expect(cluster.faults(rooms: [room]) == [])
    }

    @Test("a node that was cut off for longer than its lease begins a new life and its peers come back")
    func refence() {
        var cluster = SimCluster(nodes: 2)
        cluster.join("ann", room, at: 0)
        cluster.join("bob", room, at: 1)
        cluster.settle()
        let old = cluster.nodes[0].machine.node
        cluster.nodes[0].isRunning = false
        cluster.lapsed.insert(old)
        cluster.advance(7_000)
        #expect(seen(cluster, by: 1, "ann").lefts == [.nodeLost])
        cluster.nodes[0].isRunning = true
        cluster.advance(10_000)
        #expect(cluster.nodes[0].machine.node != old)
        #expect(seen(cluster, by: 1, "ann").joins == 2)
        #expect(cluster.faults(rooms: [room]) == [])
    }

    @Test("a node whose lease nobody confirms calls itself degraded a second before it ends")
    func selfFence() {
        let node = NodeInstance(bits: 1)
        var machine = Membership(node: node, info: NodeInfo(name: "n", version: "1"))
        _ = machine.begin(as: node)
        _ = machine.connected(generation: 1, now: 1_000)
        let register = BackplaneCommand.register(node, machine.info)
        let ready = machine.completed(register, .success(.registered(epoch: "e")), generation: 1, now: 1_000)
        #expect(ready.contains(.ready))
        #expect(machine.tick(now: 1_500).contains(.call(.heartbeat(node, sequence: 1))))
        #expect(machine.tick(now: 5_000) == [])
        #expect(machine.tick(now: 5_001).contains(.degraded(true)))
        let beat = HeartbeatReply(epoch: "e", now: 0, dead: [], nodes: 1, totals: AddressTotals())
        let heard = machine.completed(
            .heartbeat(node, sequence: 1), .success(.beat(beat)), generation: 1, now: 5_002)
        #expect(heard.contains(.degraded(false)))
    }

    @Test("a best effort signal for somebody who is not listed is dropped on an island, and answered in a cluster")
    func unlistedOnIsland() {
        let node = NodeInstance(bits: 1)
        var machine = ClusterMachine(
            membership: Membership(
                node: node, info: NodeInfo(name: "n", version: "1"), requiresRegistration: false))
        _ = machine.begin(as: node, now: 0)
        let record = MemberRecord(
            node: node, session: SessionID(high: 0, low: 1), connection: ConnectionID(bits: 1), owner: "ip:1")
        _ = machine.join(JoinCommand(room: room, peer: peer("ann"), record: record), wallMs: 0, now: 0)
        let signal = DirectedSignal(
            sender: Place(room: room, peer: peer("ann")), connection: record.connection, to: peer("bob"), id: nil,
            payload: ByteBuffer())
        #expect(machine.send(signal, now: 1) == [.dropped])
        _ = machine.connected(generation: 1, now: 2)
        let register = BackplaneCommand.register(node, machine.membership.info)
        _ = machine.completed(register, .success(.registered(epoch: "e")), generation: 1, now: 2)
        var listed = record
        listed.flags.insert(.island)
        let snapshot = RoomSnapshot(version: 5, members: [peer("ann"): listed], interest: [node: 1])
        _ = machine.completed(.sync(room), .success(.snapshot(snapshot)), generation: 1, now: 3)
        #expect(
            machine.send(signal, now: 4)
                == [.delivery(.outcome(record.connection, id: nil, to: peer("bob"), .refused(.notFound)))])
    }

    @Test("a join that succeeds after its client gave up is taken back")
    func lateSuccess() {
        var cluster = SimCluster(nodes: 2)
        cluster.join("bob", room, at: 1)
        cluster.settle()
        let ann = cluster.join("ann", room, at: 0)
        cluster.executeNext(of: 0)
        cluster.executeNext(of: 0)
        cluster.leave(ann, at: 0)
        cluster.settle()
        #expect(cluster.faults(rooms: [room]) == [])
    }

    @Test("a leave that was lost with its connection is repaired by the announce")
    func lostLeave() {
        var cluster = SimCluster(nodes: 2)
        cluster.join("bob", room, at: 1)
        let ann = cluster.join("ann", room, at: 0)
        cluster.settle()
        cluster.leave(ann, at: 0)
        cluster.unlink(0)
        cluster.settle()
        #expect(cluster.faults(rooms: [room]) == [])
        #expect(seen(cluster, by: 1, "ann").lefts == [.left])
    }

    @Test("on an island a known peer ID elsewhere is refused and a new one is let in, announced later")
    func island() {
        var cluster = SimCluster(nodes: 2)
        cluster.join("ann", room, at: 0)
        cluster.join("bob", room, at: 1)
        cluster.settle()
        cluster.unlink(0)
        let impostor = cluster.join("bob", room, at: 0)
        let guest = cluster.join("guest", room, at: 0)
        #expect(cluster.nodes[0].answers[impostor] == .unavailable)
        guard case .admitted(let placement)? = cluster.nodes[0].answers[guest] else {
            Issue.record("the guest was not admitted")
            return
        }
        #expect(placement.record.flags.contains(.island))
        cluster.settle()
        #expect(seen(cluster, by: 1, "guest").joins == 1)
        #expect(cluster.faults(rooms: [room]) == [])
    }

    @Test("a node that was never registered turns joins away")
    func notReady() {
        var cluster = SimCluster(nodes: 1, linked: false)
        let ann = cluster.join("ann", room, at: 0)
        #expect(cluster.nodes[0].answers[ann] == .unavailable)
    }

    @Test("the second socket of a peer replaces the first, on the same node and on another")
    func replacement() {
        var cluster = SimCluster(nodes: 2)
        let first = cluster.join("ann", room, at: 0)
        cluster.settle()
        let second = cluster.join("ann", room, at: 0)
        cluster.settle()
        #expect(!cluster.nodes[0].open.contains { $0.connection == first })
        cluster.join("ann", room, at: 1)
        cluster.settle()
        #expect(!cluster.nodes[0].open.contains { $0.connection == second })
        let thief = cluster.join("ann", room, at: 0, owner: "ip:2")
        cluster.settle()
        #expect(cluster.nodes[0].answers[thief] == .inUse)
        #expect(cluster.faults(rooms: [room]) == [])
    }

    @Test("a silent inbox makes the node reconnect two heartbeats after the first one without an echo")
    func silentInbox() {
        var cluster = SimCluster(nodes: 2)
        cluster.advance(1_000)
        let before = cluster.nodes[0].generation
        for heartbeat in 0..<3 {
            #expect(cluster.nodes[0].generation == before, "\(heartbeat)")
            cluster.now += 500
            // The echo is lost on its way; everything else works.
            for index in 0..<2 { cluster.tickLosingInbox(index, losing: index == 0) }
        }
        #expect(cluster.nodes[0].generation > before)
        #expect(cluster.nodes[1].generation == 1)
    }
}

extension SimCluster {
    mutating func tickLosingInbox(_ index: Int, losing: Bool) {
        tick(index)
        executeNext(of: index)
        replyNext(of: index)
        if losing { nodes[index].inbox = [] }
        settle()
    }
}
