import SignalDomain
import Testing

@Suite("RendezvousCookie")
struct RendezvousCookieTests {
    static let golden = "AQAGYOSSJMokAAAAAAAAAAA09xzuGqB8t9zQsfuApl8s"
    static let position = RendezvousPosition(high: 1_795_384_680_958_500, low: 0)

    /// A stand-in with the one property that matters here: other input, other output.
    private static func mac(_ bytes: [UInt8]) -> [UInt8] {
        let hash = bytes.withUnsafeBytes(PayloadHash.of)
        return (0..<32).map { UInt8(truncatingIfNeeded: hash >> (8 * ($0 % 8))) ^ UInt8($0) }
    }

    @Test("the golden vector: HMAC-SHA256 with 32 times k over exactly these bytes")
    func goldenVector() throws {
        let room = try RoomKey(namespace: nil, room: nil)
        let body: [UInt8] = [1, 0x00, 0x06, 0x60, 0xE4, 0x92, 0x24, 0xCA, 0x24] + [UInt8](repeating: 0, count: 8)
        let known = try #require(Base64URL.decode(Self.golden)).suffix(16)
        let mac = { (input: [UInt8]) -> [UInt8] in
            input == Array("rv1\u{0}global\u{0}public\u{0}".utf8) + body ? known + [UInt8](repeating: 9, count: 16) : []
        }
        #expect(RendezvousCookie.encode(Self.position, room: room, mac: mac) == Self.golden)
        #expect(try RendezvousCookie.decode(Self.golden, room: room, mac: mac) == Self.position)
    }

    @Test("a cookie comes back in its own room only")
    func bindsToTheRoom() throws {
        let room = try RoomKey(namespace: "n", room: "r")
        let position = RendezvousPosition(high: 9_007_199_254_740_991, low: 17)
        let cookie = RendezvousCookie.encode(position, room: room, mac: Self.mac)
        #expect(try RendezvousCookie.decode(cookie, room: room, mac: Self.mac) == position)
        let other = try RoomKey(namespace: "n", room: "R")
        #expect(throws: RendezvousError.invalidCookie) {
            try RendezvousCookie.decode(cookie, room: other, mac: Self.mac)
        }
    }

    @Test("a cookie that differs in any character is refused")
    func refusesForgeries() throws {
        let room = try RoomKey(namespace: "n", room: "r")
        let cookie = Array(RendezvousCookie.encode(Self.position, room: room, mac: Self.mac).utf8)
        for at in cookie.indices {
            var forged = cookie
            forged[at] = forged[at] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(throws: RendezvousError.invalidCookie) {
                try RendezvousCookie.decode(text(forged), room: room, mac: Self.mac)
            }
        }
    }

    @Test(
        "other text is refused, and so is a MAC that is too short",
        arguments: ["", "x", "====", String(repeating: "A", count: 44), golden + "AA"])
    func refusesOtherText(cookie: String) throws {
        let room = try RoomKey(namespace: nil, room: nil)
        #expect(throws: RendezvousError.invalidCookie) {
            try RendezvousCookie.decode(cookie, room: room, mac: Self.mac)
        }
        #expect(throws: RendezvousError.invalidCookie) { try RendezvousCookie.decode(cookie, room: room) { _ in [] } }
    }
}
