import SignalDomain
import SignalNode
import SignalTestKit
import SignalTransport
import Testing

/// The HTTP contract of protocol.md §1, over real sockets.
@Suite("HTTP routes") struct RoutesTests {
    @Test("the health answers have their shapes")
    func health() async throws {
        try await TestServer.run { server in
            let health = try await TestHTTP.get("/health", port: server.port)
            #expect(health.status == 200)
            #expect(health.header("content-type") == "application/json; charset=utf-8")
            let body = TestMessage(text: health.body)
            #expect(body["ok"] == "1" || body["ok"] == "true")
            #expect(body["node"] == "test-node")
            #expect(body["redis"] == "none")
            #expect(try #require(body["now"]).wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
            for path in ["/livez", "/readyz", "/lb-ready"] {
                #expect(try await TestHTTP.get(path, port: server.port).status == 200, "\(path)")
            }
        }
    }

    @Test("a draining node is alive, not ready, and 404 for the balancer")
    func draining() async throws {
        try await TestServer.run { server in
            server.node.beginDrain()
            for (path, status) in [("/livez", 200), ("/health", 200), ("/readyz", 503), ("/lb-ready", 404)] {
                let answer = try await TestHTTP.get(path, port: server.port)
                #expect(answer.status == status, "\(path)")
            }
            let refused = await #expect(throws: TestPeer.Refused.self) { try await TestPeer.connect(port: server.port) }
            #expect(refused?.status == 503)
            #expect(refused?.header("retry-after") != nil)
        }
    }

    @Test("metrics are asked with the Accept header of the request")
    func metrics() async throws {
        try await TestServer.run { server in
            let answer = try await TestHTTP.get("/metrics", port: server.port, headers: [("Accept", "text/x")])
            #expect(answer.body == "accept text/x\n")
            #expect(answer.header("content-type") == "text/plain; version=0.0.4")
        }
    }

    @Test("bootstrap names the way back to this node, and empty names mean the defaults")
    func bootstrap() async throws {
        try await TestServer.run {
            $0.access.trustedProxyCIDRs = ["127.0.0.0/8"]
        } _: { server in
            let peer = try await server.join("public")
            let answer = try await TestHTTP.get("/bootstrap?namespace=&room=", port: server.port)
            #expect(answer.status == 200)
            #expect(answer.header("cache-control") == "no-store")
            let body = TestMessage(text: answer.body)
            #expect(body["namespace"] == "global")
            #expect(body["room"] == "public")
            #expect(body["peers"] == "1")
            #expect(body["signalingUrl"] == "ws://localhost/signal")
            let secure = try await TestHTTP.get(
                "/bootstrap", port: server.port, headers: [("Host", "a.example:444"), ("X-Forwarded-Proto", "https")])
            #expect(TestMessage(text: secure.body)["signalingUrl"] == "wss://a.example:444/signal")
            let bad = try await TestHTTP.get("/bootstrap?room=%00", port: server.port)
            #expect(bad.status == 400)
            await peer.drop()
        }
    }

    @Test("every answer may be read by any page, errors and preflights too")
    func allowsAnyOrigin() async throws {
        try await TestServer.run { server in
            for path in ["/health", "/nowhere", "/signal", "/rendezvous/register"] {
                let answer = try await TestHTTP.get(path, port: server.port, headers: [("Origin", "https://a.example")])
                #expect(answer.header("access-control-allow-origin") == "*", "\(path)")
            }
            let preflight = try await TestHTTP.request("OPTIONS", "/rendezvous/register", port: server.port)
            #expect(preflight.status == 204)
            #expect(preflight.header("access-control-allow-methods") == "GET,POST,DELETE,OPTIONS")
            #expect(preflight.header("access-control-allow-headers") == "Content-Type,Authorization")
        }
    }

    @Test("with an allow list only listed origins may read")
    func allowsListedOrigins() async throws {
        try await TestServer.run {
            $0.access.allowedOrigins = ["https://a.example"]
        } _: { server in
            let origins = [("https://a.example", "https://a.example"), ("https://b.example", nil), ("null", nil)]
            for (origin, allowed) in origins {
                let answer = try await TestHTTP.get("/health", port: server.port, headers: [("Origin", origin)])
                #expect(answer.header("access-control-allow-origin") == allowed, "\(origin)")
            }
        }
    }

    @Test("wrong paths, methods and bodies are told apart")
    func refusals() async throws {
        try await TestServer.run { server in
            let port = server.port
            let missing = try await TestHTTP.get("/nowhere?token=secret", port: port)
            #expect(missing.status == 404)
            #expect(missing.header("content-type") == "application/problem+json")
            #expect(!missing.body.contains("secret"))
            let wrongMethod = try await TestHTTP.get("/rendezvous/register", port: port)
            #expect(wrongMethod.status == 405)
            #expect(wrongMethod.header("allow") == "POST, OPTIONS")
            let delete = try await TestHTTP.request("DELETE", "/health", port: port)
            #expect(delete.status == 405)
            #expect(delete.header("allow") == "GET, HEAD, OPTIONS")
            let large = try await TestHTTP.post(
                "/rendezvous/register", json: "{\"x\":\"" + String(repeating: "x", count: 16_384) + "\"}", port: port)
            #expect(large.status == 413)
            let text = try await TestHTTP.post(
                "/rendezvous/register", json: "{}", port: port, headers: [("Content-Type", "text/plain")])
            #expect(text.status == 415)
            for body in ["", "nonsense", "[]", "null", "{", "1e999", String(repeating: "[", count: 10_000)] {
                let answer = try await TestHTTP.post("/rendezvous/register", json: body, port: port)
                #expect(answer.status == 400, "\(body.prefix(10))")
            }
        }
    }

    @Test("HEAD answers like GET without a body")
    func head() async throws {
        try await TestServer.run { server in
            let answer = try await TestHTTP.request("HEAD", "/health", port: server.port)
            #expect(answer.status == 200)
            #expect(answer.body.isEmpty)
            #expect(try await TestHTTP.request("HEAD", "/nowhere", port: server.port).status == 404)
        }
    }

    @Test("a registration is found, updated and removed")
    func rendezvous() async throws {
        try await TestServer.run { server in
            let port = server.port
            let body =
                #"{"namespace":"","room":"r","peerId":"p","addresses":["/x"],"metadata":{"a":[1,"한"]},"ttlMs":5000}"#
            let record = try await TestHTTP.post("/rendezvous/register", json: body, port: port)
            #expect(record.status == 200)
            let fields = TestMessage(text: record.body)
            #expect(fields["peerId"] == "p")
            #expect(fields["namespace"] == "global")
            #expect(fields["ttlMs"] == "5000")
            let found = try await TestHTTP.get("/rendezvous/discover?room=r", port: port)
            #expect(found.body.contains("\"peerId\":\"p\""))
            #expect(found.body.contains(#""metadata":{"a":[1,"한"]}"#))
            let gone = try await TestHTTP.post(
                "/rendezvous/unregister", json: #"{"room":"r","peerId":"p"}"#, port: port)
            #expect(gone.status == 204)
            #expect(gone.body.isEmpty)
            let empty = try await TestHTTP.get("/rendezvous/discover?room=r&limit=abc", port: port)
            #expect(empty.body.contains("\"peers\":[]"))
        }
    }

    @Test(
        "a registration with a wrong member is refused with its machine word",
        arguments: [
            (#"{"room":"r"}"#, "invalid_peer_id"), (#"{"peerId":5}"#, "invalid_peer_id"),
            (#"{"peerId":"p","room":5}"#, "invalid_room"), (#"{"peerId":"p","namespace":[]}"#, "invalid_namespace"),
            (#"{"peerId":"p","addresses":"x"}"#, "invalid_addresses"),
            (#"{"peerId":"p","addresses":[1]}"#, "invalid_addresses"),
            (#"{"peerId":"p","metadata":[]}"#, "invalid_metadata"),
            (#"{"peerId":"p","ttlMs":"60000"}"#, "E_INVALID_TTL"), (#"{"peerId":"p","ttlMs":0}"#, "E_INVALID_TTL"),
            (#"{"peerId":"p","ttlMs":-5}"#, "E_INVALID_TTL"), (#"{"peerId":"p","ttlMs":null}"#, "E_INVALID_TTL"),
        ])
    func refusesMembers(_ body: String, _ code: String) async throws {
        try await TestServer.run { server in
            let answer = try await TestHTTP.post("/rendezvous/register", json: body, port: server.port)
            #expect(answer.status == 400)
            #expect(answer.body.contains("\"code\":\"\(code)\""), "\(answer.body)")
        }
    }

    @Test("many requests over one connection are answered one by one")
    func keepsAlive() async throws {
        try await TestServer.run { server in
            let connection = try await TestConnection.open(port: server.port)
            for _ in 0..<50 {
                try await connection.send(TestHTTP.bytes("GET", "/health"))
                #expect(try await TestHTTP.read(from: connection).status == 200)
            }
            #expect(server.server.socketCounts.open == 1)
        }
    }
}
