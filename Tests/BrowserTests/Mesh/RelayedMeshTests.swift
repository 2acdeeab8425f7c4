import Foundation
import SignalTestKit
import Testing

/// A real node issues, a real coturn relays.
@Suite("The mesh through TURN", .serialized)
struct RelayedMeshTests {
    static let secret = "turn-secret-of-the-test-0123456789"

    /// Unlike the shipped one it relays to the loopback, where both pages are.
    static let configuration = """
        use-auth-secret
        realm=signal
        fingerprint
        no-cli
        no-tls
        no-dtls
        allow-loopback-peers
        simple-log
        log-file=stdout
        """

    @Test("with relay only, two pages talk through coturn with the credentials that their node has issued")
    func relayed() async throws {
        let turn = try TurnServer(secrets: [Self.secret], configuration: Self.configuration)
        let cluster = try await BrowserCluster(
            nodes: 2,
            settings: ["TURN_SECRET": Self.secret, "TURN_URIS": "turn:127.0.0.1:\(turn.port)?transport=udp"])
        let options = "iceTransportPolicy: 'relay'"
        let ana = try await cluster.meshPage("ana", at: 0, options: options)
        let ben = try await cluster.meshPage("ben", at: 1, options: options)
        try await ana.meets("ben", seconds: 90)
        try await ben.meets("ana", seconds: 90)
        for (page, peer) in [(ana, "ben"), (ben, "ana")] {
            let route = "await mesh.peers.get('\(peer)').route()"
            try await page.wait(until: "(\(route))?.local === 'relay' && (\(route)).isRelayed")
        }
        try await ana.tells("ben", "through the relay", on: ben)
        try await ben.tells("ana", "and back", on: ana)
    }

    @Test("when the secret of TURN changes, relayed connections move over to the new credentials and go on")
    func renewed() async throws {
        let next = "the-next-secret-of-the-test-9876"
        let file = FileManager.default.temporaryDirectory.appending(path: "turn-\(UUID().uuidString)")
        try Data(Self.secret.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let turn = try TurnServer(secrets: [next, Self.secret], configuration: Self.configuration)
        let cluster = try await BrowserCluster(
            nodes: 2,
            settings: ["TURN_SECRET_FILE": file.path(), "TURN_URIS": "turn:127.0.0.1:\(turn.port)?transport=udp"])
        let options = "iceTransportPolicy: 'relay'"
        let ana = try await cluster.meshPage("ana", at: 0, options: options)
        let ben = try await cluster.meshPage("ben", at: 1, options: options)
        try await ana.meets("ben", seconds: 90)
        try await ben.meets("ana", seconds: 90)
        let servers = "mesh.peers.get('ben').rtc.getConfiguration().iceServers"
        let credential = "\(servers).find((each) => each.credential).credential"
        let name = "mesh.peers.get('ben').rtc.localDescription.sdp.match(/ice-ufrag:(.*)/)[1]"
        let before = try await (credential: ana.evaluate(credential), name: ana.evaluate(name))
        try Data("\(next)\n\(Self.secret)".utf8).write(to: file)
        for node in cluster.nodes { node.process.signal(SIGHUP) }
        try await ana.wait(until: "\(credential) !== \(before.credential)", seconds: 90)
        try await ana.wait(until: "\(name) !== \(before.name)", seconds: 90)
        for page in [ana, ben] {
            let peer = "mesh.peers.values().next().value"
            try await page.wait(
                until: "\(peer).state === 'connected' && \(peer).rtc.signalingState === 'stable'", seconds: 60)
        }
        try await ana.tells("ben", "with new credentials", on: ben)
        try await ben.tells("ana", "with them as well", on: ana)
        #expect(try await ana.evaluate("(await mesh.peers.get('ben').route()).local") == #""relay""#)
    }
}
