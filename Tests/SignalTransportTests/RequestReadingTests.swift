import NIOCore
import NIOHTTP1
import SignalDomain
import SignalNode
import Testing

@testable import SignalTransport

@Suite("Reading requests") struct RequestReadingTests {
    @Test(
        "a request target is a path with a query, or no target at all",
        arguments: [
            ("/signal?room=a", "/signal?room=a"), ("/signal", "/signal"), ("//", "//"), ("/a?b?c", "/a?b?c"),
            ("http://host/signal?x=1", "/signal?x=1"), ("HTTP://host", "/"), ("wss://h?x", "/?x"), ("/a#b?c", "/a"),
            ("*", nil), ("", nil), ("signal", nil), ("host:80", nil), ("http:///x", nil), ("ftp://h/x", nil),
        ] as [(String, String?)])
    func targets(_ text: String, _ expected: String?) {
        #expect(RequestTarget(text)?.originForm == expected)
    }

    @Test(
        "a query reads as URLSearchParams reads it",
        arguments: [
            ("room=a+b", "a b"), ("room=%41", "A"), ("room=%ed%95%9c", "한"), ("room=a&room=b", "a"), ("room", ""),
            ("room=", ""), ("x=1&room=2", "2"), ("room=%", "%"), ("room=%4", "%4"), ("room=%zz", "%zz"),
            ("room=a=b", "a=b"), ("room=%FF", "\u{FFFD}"), ("%72oom=x", "x"), ("Room=a", nil), ("", nil), ("&&", nil),
            ("room=%00", "\0"), ("room=%+1", "% 1"),
        ] as [(String, String?)])
    func queries(_ query: String, _ expected: String?) {
        #expect(QueryString(query)["room"] == expected)
    }

    @Test(
        "a Host header is taken only when it can be part of a URL",
        arguments: [
            ("localhost", true), ("a.b-c:8787", true), ("127.0.0.1:1", true), ("[::1]:80", true), ("[::1]", true),
            ("[", false), ("", false), ("a b", false), ("a/b", false), ("a:b", false), ("a:123456", false),
            ("[::1", false), ("[]", false), ("[::1]x", false), ("a@b", false), ("\"", false),
        ])
    func hosts(_ text: String, _ isGood: Bool) {
        #expect((HostField([text]) != nil) == isGood)
        #expect(HostField([text, text]) == nil)
    }

    static let good: HTTPHeaders = [
        "Host": "a", "Upgrade": "websocket", "Connection": "keep-alive, Upgrade", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ]

    static func upgrade(_ headers: HTTPHeaders, uri: String = "/signal", version: HTTPVersion = .http1_1) throws
        -> UpgradeRequest?
    {
        let head = HTTPRequestHead(version: version, method: .GET, uri: uri, headers: headers)
        return UpgradeRequest(head, target: try #require(RequestTarget(uri)))
    }

    @Test("a correct handshake has no fault")
    func acceptsGood() throws {
        let request = try #require(try Self.upgrade(Self.good))
        #expect(request.fault == nil)
    }

    @Test(
        "a broken handshake is told what is wrong",
        arguments: [
            ("Host", nil, 400), ("Host", "[", 400), ("Connection", "keep-alive", 426), ("Connection", nil, 426),
            ("Sec-WebSocket-Version", "8", 426), ("Sec-WebSocket-Version", nil, 426), ("Sec-WebSocket-Key", nil, 400),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZQ==", 400), ("Sec-WebSocket-Key", "!GhlIHNhbXBsZSBub25jZQ==", 400),
            ("Content-Length", "5", 400), ("Transfer-Encoding", "chunked", 400),
        ] as [(String, String?, Int)])
    func findsFaults(_ name: String, _ value: String?, _ status: Int) throws {
        var headers = Self.good
        headers.remove(name: name)
        if let value { headers.add(name: name, value: value) }
        #expect(try #require(try Self.upgrade(headers)).fault?.status == status)
    }

    @Test("HTTP/1.0 cannot be upgraded, a second key is refused")
    func refusesOldAndDoubled() throws {
        #expect(try #require(try Self.upgrade(Self.good, version: .http1_0)).fault?.status == 426)
        var headers = Self.good
        headers.add(name: "Sec-WebSocket-Key", value: "dGhlIHNhbXBsZSBub25jZQ==")
        #expect(try #require(try Self.upgrade(headers)).fault?.status == 400)
    }

    @Test("requests for other paths or without a WebSocket upgrade are ordinary HTTP")
    func leavesOthersAlone() throws {
        #expect(try Self.upgrade(Self.good, uri: "/health") == nil)
        #expect(try Self.upgrade(Self.good, uri: "/signal/x") == nil)
        var headers = Self.good
        headers.replaceOrAdd(name: "Upgrade", value: "h2c")
        #expect(try Self.upgrade(headers) == nil)
    }

    @Test("names and tokens are found wherever they may stand")
    func readsNames() throws {
        var headers = Self.good
        headers.add(name: "Authorization", value: "Bearer one")
        headers.add(name: "Origin", value: "https://a.example")
        headers.add(name: "Sec-WebSocket-Protocol", value: "browser-sync.v2, bs.bearer.dHdv")
        let uri = "/signal?namespace=n%2F1&room=r+2&peerId=p&token=three&closeCode=1"
        let request = try #require(try Self.upgrade(headers, uri: uri))
        let handshake = request.handshake(client: ClientAddress(ipv4: 1))
        #expect(handshake.namespace == "n/1")
        #expect(handshake.room == "r 2")
        #expect(handshake.peerID == "p")
        #expect(handshake.authorization == "Bearer one")
        #expect(handshake.protocolToken == "two")
        #expect(handshake.queryToken == "three")
        #expect(handshake.origin == "https://a.example")
        #expect(request.wantsCloseCode)
    }

    @Test(
        "the client's address comes from trusted proxies only",
        arguments: [
            ("10.0.0.5", ["1.1.1.1, 2.2.2.2, 10.0.0.9"], "2.2.2.2"), ("10.0.0.5", ["evil, 2.2.2.2"], "2.2.2.2"),
            ("10.0.0.5", ["2.2.2.2, junk"], "10.0.0.5"), ("10.0.0.5", [], "10.0.0.5"),
            ("8.8.8.8", ["1.1.1.1"], "8.8.8.8"), ("10.0.0.5", ["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
            ("10.0.0.5", ["2.2.2.2", "10.0.0.7"], "2.2.2.2"),
        ])
    func clientAddresses(_ peer: String, _ forwarded: [String], _ expected: String) throws {
        let origin = RequestOrigin(trustedBlocks: ["10.0.0.0/8"])
        let address = ClientAddress(try SocketAddress(ipAddress: peer, port: 1))
        #expect(origin.client(of: address, lines: forwarded).description == expected)
        #expect(origin.isTrusted(address) == peer.hasPrefix("10."))
    }
}
