import SignalDomain
import SignalNode
import SignalTestKit
import Testing

/// Row 12 of security.md §4: nobody finds rooms by asking for them.
@Suite("Searching for rooms", .serialized) struct EnumerationTests {
    /// One answer, as far as it may be compared.
    private struct Seen: Hashable {
        let status: Int
        let headers: [String]
        let body: String

        init(_ answer: TestHTTP.Answer) {
            status = answer.status
            headers = answer.headers.filter { $0.name.lowercased() != "date" }.map { "\($0)" }
            body = answer.body
        }
    }

    @Test(
        "row 12: 1,000 answers for a room that is there and for one that is not are the same, and cost the same work",
        arguments: [nil, "nonsense", "foreign"] as [String?])
    func alike(showing shown: String?) async throws {
        try await AccessTests.run {
            $0.abuse.tokenFailures = 0
        } _: { server in
            let (there, absent) = ("room-that-is-there", "room-that-is-absent")
            let own = TestKeys.token("sue", room: there)
            let inside = try await TestPeer.connect(
                port: server.port, namespace: "n", room: there, query: [("token", own)])
            _ = try await inside.next(type: "welcome")
            let token = shown == "foreign" ? TestKeys.token("tom", room: "q") : shown
            let connection = try await TestConnection.open(port: server.port)
            func ask(_ path: String, _ room: String, _ token: String?) async throws -> Seen {
                try await connection.send(
                    TestHTTP.bytes(
                        "GET", "\(path)?namespace=n&room=\(room)",
                        headers: token.map { [("Authorization", "Bearer \($0)")] } ?? []))
                return Seen(try await TestHTTP.read(from: connection))
            }
            for path in ["/bootstrap", "/rendezvous/discover"] {
                let before = [there, absent].map(server.commands.count(naming:))
                var seen: [String: Set<Seen>] = [:]
                var slower = 0
                for pair in 0..<500 {
                    var times: [String: Duration] = [:]
                    // Neither is always the first.
                    for room in pair.isMultiple(of: 2) ? [there, absent] : [absent, there] {
                        let start = ContinuousClock.now
                        seen[room, default: []].insert(try await ask(path, room, token))
                        times[room] = ContinuousClock.now - start
                    }
                    if let one = times[there], let other = times[absent], one > other { slower += 1 }
                }
                #expect(seen[there]?.count == 1 && seen[there] == seen[absent])
                #expect(seen[there]?.first?.status == (shown == "foreign" ? 403 : 401))
                #expect([there, absent].map(server.commands.count(naming:)) == before, "nothing was looked up")
                // What a stranger could measure; a busy machine decides it, so no verdict hangs on it.
                print("\(path) \(shown ?? "no token"): the room that is there took longer in \(slower) of 500 pairs")
                #expect(try await ask(path, there, own).status == 200)
                #expect(server.commands.count(naming: there) > before[0], "the log names what is looked up")
            }
        }
    }
}
