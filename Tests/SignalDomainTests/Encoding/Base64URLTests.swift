import SignalDomain
import Testing

@Suite("Base64URL")
struct Base64URLTests {
    @Test(
        "the vectors of RFC 4648, without padding",
        arguments: [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ])
    func vectors(plain: String, encoded: String) {
        #expect(Base64URL.encode(Array(plain.utf8)) == encoded)
        #expect(Base64URL.decode(encoded) == Array(plain.utf8))
    }

    @Test("every byte and every length come back")
    func roundTrip() {
        let bytes = (0...255).map { UInt8($0) }
        for count in 0...256 {
            let encoded = Base64URL.encode(bytes[..<count])
            #expect(Base64URL.decode(encoded) == Array(bytes[..<count]))
        }
        #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8")
    }

    @Test(
        "other alphabets, padding, stray bits and impossible lengths are refused",
        arguments: [
            "Zg==", "+/8", "Zh", "Zm9", "A", "AAAAA", "Zg ", "Zg\n", "ü",
        ])
    func refuses(encoded: String) {
        #expect(Base64URL.decode(encoded) == nil)
    }
}
