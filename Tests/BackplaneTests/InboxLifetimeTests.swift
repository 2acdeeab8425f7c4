import NIOCore
import SignalDomain
import Testing

@testable import Backplane

/// The embedded backplane has no Redis that forgets for it.
@Suite("Lifetimes of inboxes in memory")
struct InboxLifetimeTests {
    private let room = try! RoomKey(namespace: "team", room: "a")  // a constant valid name
    private let node = NodeInstance(bits: 1)
    private let record = MemberRecord(
        node: NodeInstance(bits: 1), session: SessionID(high: 0, low: 1), connection: ConnectionID(bits: 2),
        owner: "ip:1")

    /// A store with one member, whose inbox has one letter since 1 s.
    private func store() -> (SharedState, InboxID)? {
        var state = SharedState(limits: InboxLimits(ttlMs: 5_000, emptyTTLMs: 2_000))
        _ = state.execute(.register(node, NodeInfo(name: "n", version: "1")), nowMicros: 900_000)
        _ = state.execute(.join(JoinCommand(room: room, peer: peer("ann"), record: record)), nowMicros: 950_000)
        let letter = Letter(
            from: peer("ann"), session: record.session, node: node, number: 1, id: "1",
            payload: ByteBuffer(string: "{}"))
        let send = SendCommand(room: room, to: peer("ann"), letter: letter, isStored: true)
        guard case .sent(.stored(let id, _, _)) = state.execute(.send(send), nowMicros: 1_000_000).reply else {
            return nil
        }
        return (state, id)
    }

    private func beat(_ state: inout SharedState, at millis: Int64) {
        _ = state.execute(.heartbeat(node, sequence: 1), nowMicros: millis * 1_000)
    }

    @Test("a heartbeat forgets letters whose time is over, and not before")
    func letters() throws {
        var (state, _) = try #require(store())
        beat(&state, at: 6_000)
        #expect(state.inboxes.count == 1)
        beat(&state, at: 6_001)
        #expect(state.inboxes.isEmpty)
    }

    @Test("an inbox that runs empty goes on counting for its short time")
    func empty() throws {
        var (state, id) = try #require(store())
        let confirm = ConfirmCommand(room: room, session: record.session, ids: [id], receipts: [], level: .received)
        _ = state.execute(.confirm(confirm), nowMicros: 1_000_500)
        let letter = Letter(
            from: peer("ann"), session: record.session, node: node, number: 1, id: "2", payload: ByteBuffer())
        var again = state
        let send = SendCommand(room: room, to: peer("ann"), letter: letter, isStored: true)
        #expect(
            again.execute(.send(send), nowMicros: 1_000_900).reply
                == .sent(
                    .stored(InboxID(milliseconds: 1_000, sequence: 1), session: record.session, node: node)))
        beat(&state, at: 3_000)
        #expect(state.inboxes.count == 1)
        beat(&state, at: 3_001)
        #expect(state.inboxes.isEmpty)
    }

    @Test("nothing is kept of a member that left")
    func left() throws {
        var (state, _) = try #require(store())
        let leave = LeaveCommand(
            room: room, peer: peer("ann"), node: node, connection: record.connection, reason: .left)
        _ = state.execute(.leave(leave), nowMicros: 1_100_000)
        #expect(state.inboxes.isEmpty)
        #expect(state.rooms.isEmpty)
    }
}
