import SignalDomain
import Testing

@Suite("Client addresses")
struct ClientAddressTests {
    @Test(
        "addresses are read without port, zone and brackets, and written in one way",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("192.0.2.1:5678", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"),
            ("255.255.255.255:0", "255.255.255.255"), ("2001:DB8::1", "2001:db8::1"), ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"), ("fe80::1%eth0", "fe80::1"), ("[fe80::1%25eth0]:1", "fe80::1"),
            ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("0:0:0:0:0:0:0:1", "::1"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
            ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"), ("1:0:0:2:3:0:0:4", "1::2:3:0:0:4"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("::FFFF:c000:0201", "192.0.2.1"), ("[::ffff:192.0.2.1]:80", "192.0.2.1"),
            ("64:ff9b::192.0.2.1", "64:ff9b::c000:201"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
        ])
    func reads(text: String, expected: String) throws {
        #expect(try #require(ClientAddress(text)).description == expected)
    }

    @Test(
        "other text is no address",
        arguments: [
            "", " ", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:x",
            "1.2.3.-4",
            "1.2.3.4 ", "a.b.c.d", "unknown", "_hidden", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7:8::", "12345::", "g::1", "[::1", "::1]", "[::1]x", "[::1]:", "[1.2.3.4]:80", "::1.2.3",
            "1.2.3.4::",
            "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "localhost", "１.2.3.4",
        ])
    func refuses(text: String) {
        #expect(ClientAddress(text) == nil)
    }

    @Test("bytes of a socket address say the same as the text")
    func readsBytes() {
        #expect(ClientAddress(networkBytes: [192, 0, 2, 1]) == ClientAddress("192.0.2.1"))
        #expect(ClientAddress(networkBytes: [UInt8](repeating: 0, count: 15) + [1]) == ClientAddress("::1"))
        #expect(
            ClientAddress(networkBytes: [UInt8](repeating: 0, count: 10) + [255, 255, 192, 0, 2, 1])
                == ClientAddress("192.0.2.1"))
        #expect(ClientAddress(networkBytes: [1, 2, 3]) == nil)
    }

    @Test("every address comes back from its own text")
    func roundTrip() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<2000 {
            let bits = (0..<8).reduce(UInt128(0)) { bits, _ in
                bits << 16 | (random.chance(60) ? 0 : UInt128(UInt16.random(in: 0...UInt16.max, using: &random)))
            }
            let address = ClientAddress(ipv6: bits)
            #expect(ClientAddress(address.description) == address, "seed \(seed)")
        }
    }

    @Test("a budget counts one IPv4 address, or one IPv6 /64")
    func keys() throws {
        let key = { (text: String) throws in AddressKey(try #require(ClientAddress(text))) }
        #expect(try key("2001:db8:1:2:3::4") == key("2001:db8:1:2:ffff::1"))
        #expect(try key("2001:db8:1:2::1") != key("2001:db8:1:3::1"))
        #expect(try key("192.0.2.1") != key("192.0.2.2"))
        #expect(try key("::ffff:192.0.2.1") == key("192.0.2.1"))
        #expect(try key("2001:db8:1:2:3::4").description == "2001:db8:1:2::/64")
        #expect(try key("192.0.2.1").description == "192.0.2.1")
    }
}
