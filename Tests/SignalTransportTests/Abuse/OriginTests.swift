import SignalNode
import SignalTestKit
import Testing

/// Row 9 of security.md §4: pages of foreign origins.
@Suite("Origins", .serialized) struct OriginTests {
    /// Allow list, the page's origin, whether it may connect and read.
    static let rows: [([String], String?, Bool)] = [
        ([], nil, true), ([], "https://any.example", true), ([], "null", true),
        (["https://app.example"], nil, true), (["https://app.example"], "https://app.example", true),
        (["https://app.example"], "HTTPS://APP.EXAMPLE", true), (["https://App.Example"], "https://app.example", true),
        (["https://app.example"], "http://app.example", false),
        (["https://app.example"], "https://app.example:8443", false),
        (["https://app.example"], "https://app.example.evil.example", false),
        (["https://app.example"], "https://evil-app.example", false),
        (["https://app.example"], "https://app.example/", false), (["https://app.example"], "null", false),
        (["https://app.example"], "", false), (["https://app.example", "null"], "null", true),
        (["https://a.example", "https://b.example:8443"], "https://b.example:8443", true),
        (["https://a.example", "https://b.example:8443"], "https://b.example", false),
    ]

    @Test("only listed pages open a WebSocket and read answers", arguments: rows)
    func matrix(allowed: [String], origin: String?, isAllowed: Bool) async throws {
        try await TestServer.run {
            $0.access.allowedOrigins = allowed
        } _: { server in
            let headers = origin.map { [("Origin", $0)] } ?? []
            do {
                try await TestPeer.connect(port: server.port, headers: headers).close()
                #expect(isAllowed)
            } catch let refused as TestPeer.Refused {
                #expect(!isAllowed && refused.status == 403 && refused.body.contains("origin_refused"))
            }
            for method in ["GET", "OPTIONS"] {
                let answer = try await TestHTTP.request(method, "/bootstrap", port: server.port, headers: headers)
                let readable = answer.header("access-control-allow-origin")
                if allowed.isEmpty {
                    #expect(readable == "*")
                } else {
                    #expect(readable == (isAllowed ? origin : nil))
                    #expect(answer.header("vary") == "Origin")
                }
                #expect(answer.header("access-control-allow-credentials") == nil)
                #expect(answer.header("set-cookie") == nil)
            }
        }
    }
}
