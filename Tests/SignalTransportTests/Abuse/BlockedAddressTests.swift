import SignalDomain
import SignalTestKit
import Testing

@testable import SignalNode

/// Block rules at the door (security.md §2).
@Suite("Blocked addresses", .serialized) struct BlockedAddressTests {
    @Test("a blocked peer is cut off at accept, and the sockets that it has are closed")
    func atAccept() async throws {
        try await TestServer.run { server in
            let open = try await server.join()
            server.node.use(blockRules: try BlockRules(parsing: "cidr 127.0.0.0/8"))
            #expect(try await open.expectClose().code == 4403)
            let connection = try await TestConnection.open(port: server.port)
            try? await connection.send(TestHTTP.bytes("GET", "/health"))
            #expect(try await connection.ends())
            #expect(connection.poll { $0.isEmpty ? nil : $0.count } == nil)
            server.node.use(blockRules: BlockRules())
            try await server.join().close()
            #expect(try await TestHTTP.get("/health", port: server.port).status == 200)
        }
    }

    @Test("behind a proxy a blocked client hears 403, by address, range and network, and its neighbours do not")
    func behindProxy() async throws {
        try await TestServer.run {
            $0.access.trustedProxyCIDRs = ["127.0.0.0/8"]
        } _: { server in
            server.node.use(networks: try NetworkTable(parsing: Array("198.51.100.0/24\t64496\n".utf8)))
            server.node.use(blockRules: try BlockRules(parsing: "ip 192.0.2.7\ncidr 2001:db8::/32\nasn:64496"))
            for (client, status) in [
                ("192.0.2.7", 403), ("2001:db8::1", 403), ("198.51.100.9", 403), ("192.0.2.8", 101),
                ("203.0.113.1", 101),
            ] {
                let headers = [("X-Forwarded-For", client)]
                #expect(
                    try await TestHTTP.get("/bootstrap", port: server.port, headers: headers).status
                        == (status == 101 ? 200 : status), "\(client)")
                do {
                    // Not even a close code: the refusal stays before the upgrade.
                    let peer = try await TestPeer.connect(
                        port: server.port, query: [("closeCode", "1")], headers: headers)
                    #expect(status == 101, "\(client)")
                    try await peer.close()
                } catch let refused as TestPeer.Refused {
                    #expect(refused.status == status && refused.body.contains("\"blocked\""), "\(client)")
                }
            }
        }
    }
}
