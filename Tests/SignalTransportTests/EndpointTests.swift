import NIOHTTP1
import SignalDomain
import SignalNode
import Testing

@testable import SignalTransport

@Suite("Endpoints")
struct EndpointTests {
    private func request(
        _ uri: String, served: Set<CompatibilityEndpoint> = Set(CompatibilityEndpoint.allCases)
    ) throws -> UpgradeRequest? {
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: uri, headers: RequestReadingTests.good)
        return UpgradeRequest(head, target: try #require(RequestTarget(uri)), served: served)
    }

    @Test(
        "the path chooses what a socket speaks",
        arguments: [
            ("/signal", Dialect.one), ("/topics", .topics), ("/peerjs", .peerJS), ("/peerjs/peerjs", .peerJS),
        ])
    func dialects(path: String, dialect: Dialect) throws {
        #expect(try request(path)?.dialect == dialect)
        #expect(try request(path + "/x") == nil)
        #expect((try request(path, served: []) != nil) == (path == "/signal"))
    }

    @Test("a PeerJS client names its key, its ID and its token")
    func peerJS() throws {
        let named = try #require(try request("/peerjs?key=k&id=my%20id&token=t&version=1.5.4&namespace=n&peerId=p"))
        let handshake = named.handshake(client: ClientAddress(ipv4: 1))
        #expect(handshake.namespace == "k")
        #expect(handshake.peerID == "my id")
        #expect(handshake.queryToken == "t")
    }

    @Test("a refused PeerJS client hears it over the socket if it is for good, any other one by its status")
    func farewells() throws {
        let peerJS = try #require(try request("/peerjs?key=k&id=a&token=t"))
        let taken = try #require(peerJS.farewell(for: .inUse))
        #expect(taken.reason == .inUse)
        #expect(taken.text.map { String(decoding: $0, as: UTF8.self) }?.contains("ID-TAKEN") == true)
        #expect(peerJS.farewell(for: .unavailable(retryAfterSeconds: 1)) == nil)
        #expect(try request("/topics")?.farewell(for: .forbidden) == nil)
        let told = try #require(try request("/signal?closeCode=1")?.farewell(for: .forbidden))
        #expect(told.reason == .forbidden)
        #expect(told.text == nil)
    }
}
