import NIOHTTP1
import Testing

@testable import SignalTransport

/// The fields of a handshake, without I/O.
@Suite("Fields of a handshake") struct UpgradeFieldsTests {
    @Test("names and words count in any case, in every element of every line")
    func ignoresCase() {
        let fields = UpgradeFields([
            "UPGRADE": "h2c, WebSocket", "cOnNection": "keep-alive", "Connection": "close , uPGRADE",
        ])
        #expect(fields.asksForWebSocket && fields.asksForUpgrade)
        #expect(!UpgradeFields(["Upgrade": "websockets", "Connection": "upgrade-insecure"]).asksForWebSocket)
        #expect(!UpgradeFields(["Upgrade": "web, socket", "Connection": "up,grade"]).asksForUpgrade)
    }

    @Test("letters are compared as letters, not as any byte that a bit makes one")
    func comparesLetters() {
        // `[` and `{`, `@` and the grave accent differ from each other like upper and lower case do.
        #expect(UpgradeFields(["Sec\u{0D}WebSocket-Key": "k"]).keys.isEmpty)
        #expect(UpgradeFields(["H[ST": "a"]).hosts.isEmpty)
        #expect(!UpgradeFields(["Upgrade": "\u{17}ebsocket"]).asksForWebSocket)
    }

    @Test("elements without a letter are none, and blanks around the others go")
    func trimsLists() {
        let fields = UpgradeFields([
            "Sec-WebSocket-Protocol": " ,\ta.b ,, \t,c d\t", "Sec-WebSocket-Protocol": "",
            "Sec-WebSocket-Version": ",13,",
            "Sec-WebSocket-Key": ", ,",
        ])
        #expect(fields.offers == ["a.b", "c d"])
        #expect(fields.versions == ["13"])
        #expect(fields.keys.isEmpty)
    }

    @Test("the first authorization and origin count, every host, and a length of 0 is no body")
    func takesSingles() {
        let fields = UpgradeFields([
            "Host": "a", "HOST": "b", "Origin": "https://a", "origin": "https://b", "Authorization": "Bearer a",
            "authorization": "Bearer b", "Content-Length": "0",
        ])
        #expect(fields.hosts == ["a", "b"])
        #expect(fields.origin == "https://a")
        #expect(fields.authorization == "Bearer a")
        #expect(!fields.hasBody)
        #expect(UpgradeFields(["Content-Length": "1"]).hasBody)
        #expect(UpgradeFields(["Transfer-Encoding": "chunked"]).hasBody)
    }

    @Test("a list is cut as NIO cuts it", arguments: 0..<200)
    func agreesWithNIO(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var headers = HTTPHeaders()
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let value = String(
                (0..<Int.random(in: 0...12, using: &random)).map { _ in
                    ["a", "B", ",", " ", "\t", "é", ","].randomElement(using: &random) ?? "a"
                })
            headers.add(
                name: Bool.random(using: &random) ? "Sec-WebSocket-Protocol" : "sec-websocket-protocol", value: value)
        }
        let theirs = headers[canonicalForm: "sec-websocket-protocol"].filter { !$0.isEmpty }
        #expect(UpgradeFields(headers).offers == theirs, "seed \(seed): \(headers)")
    }
}
