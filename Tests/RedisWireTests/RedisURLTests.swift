import Testing

@testable import RedisWire

@Suite("Redis URL")
struct RedisURLTests {
    @Test("a host alone has defaults for all the rest")
    func defaults() throws {
        let url = try RedisURL("redis://example.org")
        #expect(url == RedisURL(host: "example.org", port: 6379, isTLS: false, database: 0))
    }

    @Test("every part is taken over")
    func everything() throws {
        let url = try RedisURL("rediss://ann:p%40ss%2Fw%3Ard@cache-1.example:7000/12")
        #expect(url.host == "cache-1.example")
        #expect(url.port == 7000)
        #expect(url.isTLS)
        #expect(url.username == "ann")
        #expect(url.password == RedisPassword("p@ss/w:rd"))
        #expect(url.database == 12)
    }

    @Test("a password may come without a user and contain colons and at signs")
    func passwords() throws {
        #expect(try RedisURL("redis://:a:b@h").password == RedisPassword("a:b"))
        #expect(try RedisURL("redis://:a@b@h").password == RedisPassword("a@b"))
        #expect(try RedisURL("redis://:a@h").username == nil)
        #expect(try RedisURL("redis://:@h").password == nil)
        #expect(try RedisURL("redis://:p%C3%A4ss@h").password == RedisPassword("päss"))
    }

    @Test("an IPv6 address stands in brackets")
    func addresses() throws {
        #expect(try RedisURL("redis://[::1]").host == "::1")
        let url = try RedisURL("REDIS://[fe80::1%25eth0]:1/")
        #expect(url.host == "fe80::1%25eth0")
        #expect(url.port == 1)
    }

    @Test(
        "a text that means nothing certain is refused",
        arguments: [
            ("", RedisURLError.unsupportedScheme), ("localhost:6379", .unsupportedScheme),
            ("http://h", .unsupportedScheme), ("redis:/h", .unsupportedScheme),
            ("redis://", .invalidHost), ("redis://:6379", .invalidHost), ("redis://a b", .invalidHost),
            ("redis://[::1", .invalidHost), ("redis://[h]", .invalidHost), ("redis://[]", .invalidHost),
            ("redis://:pa/ss@h", .invalidDatabase), ("redis://h\r\nX", .invalidHost),
            ("redis://h:", .invalidPort), ("redis://h:0", .invalidPort), ("redis://h:65536", .invalidPort),
            ("redis://h:+1", .invalidPort), ("redis://h:1:2", .invalidPort), ("redis://[::1]6379", .invalidPort),
            ("redis://h:99999999999999999999", .invalidPort),
            ("redis://h/a", .invalidDatabase), ("redis://h/-1", .invalidDatabase), ("redis://h/1/2", .invalidDatabase),
            ("redis://h/2147483648", .invalidDatabase), ("redis://h/99999999999999999999", .invalidDatabase),
            ("redis://:%zz@h", .invalidPercentEncoding), ("redis://:%4@h", .invalidPercentEncoding),
            ("redis://:%ff@h", .invalidPercentEncoding),
            ("redis://ann@h", .userWithoutPassword), ("redis://ann:@h", .userWithoutPassword),
            ("redis://h?timeout=1", .unsupportedParameters), ("redis://h/0#x", .unsupportedParameters),
        ])
    func refusals(text: String, error: RedisURLError) {
        #expect(throws: error) { try RedisURL(text) }
    }

    @Test("arbitrary bytes are parsed or refused, never a crash", arguments: [UInt64](1...50))
    func arbitrary(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("redis:/@[]%?#0a9é\u{0}\r\n")
        for _ in 0..<200 {
            let length = Int.random(in: 0...20, using: &generator)
            let tail = String((0..<length).compactMap { _ in alphabet.randomElement(using: &generator) })
            if let url = try? RedisURL("redis://" + tail) {
                #expect((1...65535).contains(url.port) && !url.host.isEmpty, "seed \(seed): \(tail)")
            }
        }
    }

    @Test("the password shows in no description, dump or reflection")
    func secrecy() throws {
        let url = try RedisURL("redis://ann:hunter2@h:1/2")
        var dumped = ""
        dump(url, to: &dumped)
        let command = RedisCommand("AUTH", ["ann", "hunter2"])
        dump(command, to: &dumped)
        dump(Greeting(url: url, configuration: RedisLinkConfiguration(prelude: [command])), to: &dumped)
        let texts = [
            dumped, "\(url)", String(reflecting: url), "\(command)", String(reflecting: command),
            "\(String(describing: url.password))", String(reflecting: url.password),
        ]
        for text in texts { #expect(!text.contains("hunter2"), "\(text)") }
        #expect("\(url)" == "redis://ann:***@h:1/2")
    }

    @Test("an IPv6 address is described with its brackets")
    func description() throws {
        #expect("\(try RedisURL("rediss://[::1]"))" == "rediss://[::1]:6379/0")
    }
}
