import Foundation
import RedisWire
import SignalTestKit
import Testing

@Suite("TLS")
struct TLSTests {
    private func server(
        names: String = "DNS:localhost,IP:127.0.0.1"
    ) throws -> (RedisServer, tlsPort: Int, TemporaryCertificate) {
        let files = try TemporaryCertificate(names: names)
        let server = try RedisServer(tls: .init(certificate: files.certificate, key: files.key))
        return (server, try #require(server.tlsPort), files)
    }

    @Test("a rediss server with a trusted certificate is used", arguments: ["127.0.0.1", "localhost"])
    func trusted(host: String) async throws {
        let (server, port, files) = try server()
        var configuration = RedisLinkConfiguration.patient
        configuration.tls = try RedisTLS(trustRootsFile: files.certificate)
        try await CommandProbe.run("rediss://\(host):\(port)", configuration) { probe in
            try await probe.untilUp()
            #expect(await probe.send(RedisCommand("PING")) == .success(.simple("PONG")))
        }
        server.stop()
    }

    @Test(
        "the certificate has to carry the expected name, or the address if none is expected",
        arguments: [("redis.example", true), ("other.example", false), (nil, false)])
    func serverName(name: String?, isTrusted: Bool) async throws {
        let (server, port, files) = try server(names: "DNS:redis.example")
        var configuration = RedisLinkConfiguration.patient
        configuration.tls = try RedisTLS(trustRootsFile: files.certificate, serverName: name)
        if isTrusted {
            try await CommandProbe.run("rediss://127.0.0.1:\(port)", configuration) { try await $0.untilUp() }
        } else {
            try await expectRefusal("rediss://127.0.0.1:\(port)", configuration)
        }
        server.stop()
    }

    @Test("sentinels:// reaches the Sentinel and the primary by TLS")
    func sentinels() async throws {
        let (server, port, files) = try server()
        var primary = RedisSentinel.Primary(port: port)
        primary.tls = .init(certificate: files.certificate, key: files.key)
        let sentinel = try RedisSentinel(of: primary)
        var configuration = RedisLinkConfiguration.patient
        configuration.tls = try RedisTLS(trustRootsFile: files.certificate)
        let tlsPort = try #require(sentinel.tlsPort)
        try await CommandProbe.run("sentinels://127.0.0.1:\(tlsPort)/main", configuration) { probe in
            try await probe.untilUp()
            #expect(await probe.serverPort() == server.port)
        }
        try await expectRefusal("sentinels://127.0.0.1:\(tlsPort)/main", .patient)
        server.stop()
    }

    @Test("a certificate of an unknown authority is refused")
    func untrusted() async throws {
        let (server, port, _) = try server()
        try await expectRefusal("rediss://127.0.0.1:\(port)", .patient)
        server.stop()
    }

    @Test("a server without TLS, which waits for a line of its own protocol, is never up")
    func plain() async throws {
        let server = try RedisServer()
        try await CommandProbe.run("rediss://127.0.0.1:\(server.port)", .impatient) { probe in
            try await eventually("the failure is reported") { !probe.states.all.isEmpty }
            #expect(try await probe.generation == 0)
        }
    }

    @Test("trust roots that cannot be read are an error when the configuration is made")
    func missingFile() {
        #expect(throws: (any Error).self) { try RedisTLS(trustRootsFile: "/nonexistent.pem") }
    }

    private func expectRefusal(_ url: String, _ configuration: RedisLinkConfiguration) async throws {
        try await CommandProbe.run(url, configuration) { probe in
            try await eventually("the refusal is reported") { probe.states.last?.isConnectFailure == true }
            #expect(try await probe.generation == 0)
        }
    }
}

/// A self-signed certificate, made by the `openssl` program; its files are removed with it.
private final class TemporaryCertificate {
    let certificate: String
    let key: String
    private let directory: URL

    /// - Parameter names: As `subjectAltName` is written: `DNS:localhost,IP:127.0.0.1`.
    init(names: String) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        certificate = directory.appending(path: "certificate.pem").path()
        key = directory.appending(path: "key.pem").path()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2", "-subj", "/CN=redis test", "-addext", "subjectAltName=\(names)", "-keyout", key, "-out", certificate,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    deinit {
        try? FileManager.default.removeItem(at: directory)
    }
}
