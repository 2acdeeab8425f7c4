import SignalDomain
import Testing

@testable import Backplane

/// The numbers of a room's changes come from outside.
@Suite("Versions of a room")
struct RoomVersionTests {
    @Test("a version at the end of all numbers is no trap, and nothing follows it", arguments: [0, 1, 5] as [UInt64])
    func endsAtLargest(number: UInt64) {
        var view = RoomView(guards: .all)
        view.beginSync()
        let snapshot = RoomSnapshot(version: .max - 1, members: [:], interest: [:])
        _ = view.apply(snapshot, own: NodeInstance(bits: 1), settling: false, now: 0)
        let record = MemberRecord(
            node: NodeInstance(bits: 2), session: SessionID(high: 0, low: 1), connection: ConnectionID(bits: 1),
            owner: "ip:1")
        _ = view.offer(.joined(peer("a"), record), version: .max, now: 0)
        #expect(view.members[peer("a")] == record)
        #expect(view.offer(.joined(peer("b"), record), version: number, now: 0).isEmpty)
        #expect(view.version == .max)
    }

    @Test("a change in its turn and one that waited for it give the same view")
    func agrees() {
        let records = (1...3).map { number in
            MemberRecord(
                node: NodeInstance(bits: 2), session: SessionID(high: 0, low: UInt64(number)),
                connection: ConnectionID(bits: UInt64(number)), owner: "ip:1")
        }
        func view(_ order: [Int]) -> RoomView {
            var view = RoomView(guards: .all)
            view.beginSync()
            _ = view.apply(
                RoomSnapshot(version: 10, members: [:], interest: [:]), own: NodeInstance(bits: 1), settling: false,
                now: 0)
            for index in order {
                _ = view.offer(.joined(peer("p\(index)"), records[index]), version: 11 + UInt64(index), now: 7)
            }
            return view
        }
        #expect(view([0, 1, 2]) == view([2, 1, 0]))
        #expect(view([0, 1, 2]) == view([1, 0, 2]))
        #expect(view([0, 1, 2]).version == 13)
    }
}
