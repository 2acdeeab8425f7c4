import Foundation
import SignalTestKit
import Testing

/// What the edge keeps from nodes, and what it tells them.
@Suite("The edge's rules", .serialized)
struct EdgeRulesTests {
    @Test(
        "operators' paths are closed, however they are written",
        arguments: [
            "/metrics", "/METRICS", "//metrics", "/%6detrics", "/metrics/", "/metrics?x", "/./metrics", "/x/../metrics",
            "/admin", "/admin/nodes", "//admin/drain", "/%61dmin/peers", "/Admin/nodes", "/%2fadmin/nodes",
            "/console", "/console/main.js", "//Console",
        ])
    func closed(path: String) async throws {
        let node = try NodeProcess(
            "node1", settings: ["ADMIN_TOKEN_SHA256": String(repeating: "ab", count: 32)])
        let edge = try EdgeServer(nodes: [node.port])
        #expect(try await TestHTTP.get("/health", port: edge.port).status == 200)
        #expect(try await TestHTTP.get("/metrics", port: node.port).status == 200, "nothing is there to be closed")
        #expect(try await TestHTTP.get(path, port: edge.port).status == 404)
    }

    @Test("no header of a client changes the address by which nodes count it")
    func address() async throws {
        let node = try NodeProcess(
            "node1", settings: ["TRUSTED_PROXY_CIDRS": "127.0.0.0/8", "RATE_LIMIT_CONNECTIONS_PER_IP": "2"])
        let edge = try EdgeServer(nodes: [node.port])
        func headers(_ number: Int) -> [(String, String)] {
            let address = "203.0.113.\(number)"
            return [
                ("X-Forwarded-For", address), ("x_forwarded_for", address), ("Forwarded", "for=\(address)"),
                ("X-Real-IP", address), ("X-Forwarded-For", "\(address), \(address)"),
            ]
        }
        var peers: [TestPeer] = []
        for number in 1...2 {
            peers.append(try await TestPeer.connect(port: edge.port, room: "r", headers: headers(number)))
        }
        let refusal = await #expect(throws: TestPeer.Refused.self) {
            try await TestPeer.connect(port: edge.port, room: "r", headers: headers(3))
        }
        #expect(refusal?.status == 429)
        // The same header from an edge is believed: else the refusal above would show nothing.
        for number in 11...13 {
            peers.append(
                try await TestPeer.connect(
                    port: node.port, room: "r", headers: [("X-Forwarded-For", "203.0.113.\(number)")]))
        }
        #expect(peers.count == 5)
    }

    @Test("with a certificate it speaks TLS 1.2 and 1.3, and lets WebSockets through")
    func tls() async throws {
        let node = try NodeProcess("node1")
        let directory = FileManager.default.temporaryDirectory.appending(path: "edge-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let (key, certificate) = (directory.appending(path: "key").path(), directory.appending(path: "cert").path())
        try Self.shell(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost "
                + "-addext subjectAltName=DNS:localhost -keyout \(key) -out \(certificate)", in: directory)
        let pem =
            try String(contentsOfFile: certificate, encoding: .utf8) + String(contentsOfFile: key, encoding: .utf8)
        let edge = try EdgeServer(nodes: [node.port], certificate: pem)

        let lines = TestPeer.upgradeHeaders.map { "\($0.0): \($0.1)" }.joined(separator: #"\r\n"#)
        func ask(_ version: String) throws -> String {
            // The pause keeps the standard input open until the answer is there.
            try Self.shell(
                #"(printf 'GET /signal?room=r HTTP/1.1\r\nHost: localhost\r\n\#(lines)\r\n\r\n'; sleep 1) | "#
                    + "timeout 5 openssl s_client -quiet -connect 127.0.0.1:\(edge.port) -servername localhost "
                    + "-CAfile \(certificate) -verify_return_error -verify_hostname localhost -alpn http/1.1 "
                    + "-no_ign_eof \(version) 2>/dev/null",
                in: directory
            )
        }
        #expect(try ask("-tls1_3").hasPrefix("HTTP/1.1 101"))
        #expect(try ask("-tls1_2").hasPrefix("HTTP/1.1 101"))
        #expect(try ask("-tls1_1 -cipher DEFAULT@SECLEVEL=0").isEmpty)
    }

    /// What a command prints, whatever its status is.
    @discardableResult
    private static func shell(_ command: String, in directory: URL) throws -> String {
        let output = directory.appending(path: UUID().uuidString).path()
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let child = try ChildProcess(["/bin/sh", "-c", command], environment: ["PATH": path], output: output)
        #expect(child.wait(seconds: 20), "\(command)")
        // Frames of the WebSocket are no text.
        return String(decoding: try Data(contentsOf: URL(filePath: output)), as: UTF8.self)
    }
}
