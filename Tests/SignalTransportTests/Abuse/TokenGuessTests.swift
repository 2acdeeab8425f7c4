import SignalNode
import SignalTestKit
import Testing

/// Row 7 of security.md §4: guessing tokens.
@Suite("Token guesses", .serialized) struct TokenGuessTests {
    private static let digest = "770e607624d689265ca6c44884d0807d9b054d23c473c106c72be9de08b7376c"

    private func guessable(
        trusted: [String], _ body: (TestServer) async throws -> Void
    ) async throws {
        try await TestServer.run(
            {
                $0.access.signalTokenSHA256 = [Self.digest]
                $0.access.trustedProxyCIDRs = trusted
                // Two are free, the third is answered late, and then it is over.
                $0.abuse.tokenFailures = 2
            }, body)
    }

    private func guess(_ server: TestServer, _ token: String?, from forwarded: String? = nil) async throws -> Int {
        let headers = forwarded.map { [("X-Forwarded-For", $0)] } ?? []
        do {
            let query = token.map { [("token", $0)] } ?? []
            try await TestPeer.connect(port: server.port, query: query, headers: headers, timeout: .seconds(10)).close()
            return 101
        } catch let refused as TestPeer.Refused {
            if refused.status == 429 { #expect(Int(refused.header("retry-after") ?? "") ?? 0 > 60) }
            return refused.status
        }
    }

    private func expect(_ status: Int, _ server: TestServer, _ token: String?, from forwarded: String? = nil)
        async throws
    {
        let answer = try await guess(server, token, from: forwarded)
        #expect(answer == status)
    }

    @Test("after some wrong tokens an address is not heard any more, whatever it says, on HTTP too")
    func locks() async throws {
        try await guessable(trusted: []) { server in
            for _ in 0..<3 { try await expect(401, server, "bad") }
            try await expect(429, server, "bad")
            try await expect(429, server, "good")
            let answer = try await TestHTTP.post(
                "/rendezvous/register", json: "{\"peerId\":\"p\"}", port: server.port,
                headers: [("Authorization", "Bearer bad")])
            #expect(answer.status == 429)
        }
    }

    @Test("a client without any token is no guesser")
    func noToken() async throws {
        try await guessable(trusted: []) { server in
            for _ in 0..<12 { try await expect(401, server, nil) }
            try await expect(101, server, "good")
        }
    }

    @Test("failures under forged X-Forwarded-For addresses do not lock the victim out, and do lock the forger")
    func forged() async throws {
        let victim = "203.0.113.7"
        // Nobody is trusted: the header is nothing but what the guesser says.
        try await guessable(trusted: ["10.0.0.0/8"]) { server in
            for _ in 0..<3 { try await expect(401, server, "bad", from: victim) }
            try await expect(429, server, "bad", from: "203.0.113.8")
        }
        // The proxy appends the guesser's real address behind what the guesser wrote.
        try await guessable(trusted: ["127.0.0.0/8"]) { server in
            for _ in 0..<3 { try await expect(401, server, "bad", from: "\(victim), 198.51.100.1") }
            try await expect(429, server, "bad", from: "\(victim), 198.51.100.1")
            try await expect(101, server, "good", from: victim)
            try await expect(401, server, "bad", from: victim)
        }
    }

    @Test("whoever guesses the operators' token is not heard any more, on whatever path")
    func operators() async throws {
        for path in ["/admin/rooms/global/r/kick", "/admin/drain", "/invites"] {
            try await TestServer.run {
                $0.tokens.adminTokenSHA256 = [Self.digest]
                $0.abuse.tokenFailures = 2
            } _: { server in
                var statuses: [Int] = []
                for _ in 0..<4 {
                    let answer = try await TestHTTP.post(
                        path, json: "{\"room\":\"r\",\"peerId\":\"p\"}", port: server.port,
                        headers: [("Authorization", "Bearer bad")])
                    statuses.append(answer.status)
                }
                #expect(statuses == [401, 401, 401, 429], "\(path)")
            }
        }
    }
}
