import FailoverHistory
import Foundation
import Testing

@Suite("Events")
struct EventTests {
    @Test("a history survives being written to a file and read again")
    func codable() throws {
        var history = History(seed: 7, machine: "m", startedAt: "2026-01-01T00:00:00Z")
        history.append(.outcome(client: Client(1), id: 4, to: Client(2), .undeliverable(reason: "left")), at: 3)
        history.append(.audit(room: 1, source: .node("node1"), members: [Client(1), .stranger]), at: 9)
        let copy = try JSONDecoder().decode(History.self, from: JSONEncoder().encode(history))
        #expect(copy.events == history.events)
        #expect(copy.seed == 7)
        #expect(copy.timing == history.timing)
    }
}
