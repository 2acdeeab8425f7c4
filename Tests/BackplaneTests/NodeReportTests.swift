import NIOCore
import Testing

@testable import Backplane

/// What nodes tell about themselves, and what the cluster makes of it.
@Suite("Node reports")
struct NodeReportTests {
    private func load(_ bits: UInt64, _ connections: Int, _ messages: Int = 0) -> AddressLoad {
        AddressLoad(code: AddressCode(bits: bits), connections: connections, messages: messages)
    }

    private func beat(_ node: RigNode, _ report: NodeReport) async throws -> HeartbeatReply {
        let reply = try await node.call(.heartbeat(node.node, sequence: 1, report: report))
        guard case .beat(let beat) = reply else { throw RigError.noLease }
        return beat
    }

    private func nodes(_ node: RigNode) async throws -> [LiveNode] {
        guard case .nodes(let nodes) = try await node.call(.nodes) else { throw RigError.noLease }
        return nodes
    }

    @Test("each node is listed with its name, its lease and what it reported last", arguments: Rig.Kind.allCases)
    func listed(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            let report = NodeReport(sockets: 7, rooms: 3, loads: [load(.max, 2, 9)])
            _ = try await beat(b, NodeReport(sockets: 1))
            _ = try await beat(b, report)
            let listed = try await nodes(a)
            #expect(listed.map(\.node) == [a.node, b.node])
            #expect(listed.map(\.info.name) == ["node|1", "node|2"] && listed.map(\.info.version) == ["1", "1"])
            #expect(listed.map(\.report) == [NodeReport(), report])
            #expect(listed.allSatisfy { (1...5_000).contains($0.leaseLeftMs) })
        }
    }

    @Test("totals are sums over the nodes, follow every change, and leave with the node", arguments: Rig.Kind.allCases)
    func totals(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind, leaseMs: 400, heartbeatMs: 50) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            let c = try await rig.node(3)
            let one = AddressCode(bits: 1)
            let two = AddressCode(bits: 2)
            #expect(try await beat(a, NodeReport(loads: [load(1, 4, 10)])).totals.connections == [one: 4])
            #expect(
                try await beat(b, NodeReport(loads: [load(1, 2), load(2, 5)])).totals.connections == [one: 6, two: 5])
            let own = NodeReport(loads: [load(2, 1, 7)])
            let third = try await beat(c, own)
            #expect(third.nodes == 3)
            #expect(third.totals == AddressTotals(connections: [one: 6, two: 6], messages: [one: 10, two: 7]))
            #expect(third.totals.without(own).connections[two] == 5)
            #expect(try await beat(b, NodeReport(loads: [load(1, 3)])).totals.connections == [one: 7, two: 1])
            #expect(try await c.call(.retire(c.node, leaseMs: 10_000)) == .done)
            #expect(try await beat(b, NodeReport(loads: [load(1, 3)])).totals.connections == [one: 7])
            // The lease of a runs out.
            var last = try await beat(b, NodeReport())
            for _ in 0..<200 where last.nodes > 2 {
                last = try await beat(b, NodeReport())
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(last.totals == AddressTotals())
            #expect(try await nodes(b).map(\.node) == [b.node, c.node])
        }
    }

    @Test("a reply carries the largest totals only", arguments: Rig.Kind.allCases)
    func bounded(_ kind: Rig.Kind) async throws {
        try await Rig.run(kind) { rig in
            let a = try await rig.node(1)
            let b = try await rig.node(2)
            _ = try await beat(a, NodeReport(loads: (0..<200).map { load($0, 1, Int($0)) }))
            let reply = try await beat(b, NodeReport(loads: (100..<400).map { load($0, 1) }))
            #expect(reply.totals.connections.count == NodeReport.maxLoads)
            #expect((100..<200).allSatisfy { reply.totals.connections[AddressCode(bits: $0)] == 2 })
            #expect(reply.totals.messages.count == 199)
            #expect(try await nodes(a).last?.report.loads.count == NodeReport.maxLoads)
        }
    }

    @Test("a packed report is read back, and anything else is none")
    func packing() throws {
        let report = NodeReport(sockets: .max, rooms: -1, loads: [load(.max, .max, -5), load(0, 3, 4)])
        let back = try #require(NodeReport(packed: report.packed))
        #expect(back.sockets == Int(UInt32.max) && back.rooms == 0)
        #expect(back.loads == [load(.max, Int(UInt32.max), 0), load(0, 3, 4)])
        for length in 0..<report.packed.readableBytes where length != 9 && length != 25 {
            #expect(NodeReport(packed: try #require(report.packed.getSlice(at: 0, length: length))) == nil, "\(length)")
        }
        var other = report.packed
        other.setInteger(UInt8(2), at: 0)
        #expect(NodeReport(packed: other) == nil)
    }
}
