import Testing

@testable import RedisWire

@Suite("Sentinel address")
struct SentinelAddressTests {
    @Test("Sentinels, login and name are taken over, in order")
    func everything() throws {
        let address = try SentinelAddress("sentinel://ann:p%40ss@s1:7000,10.0.0.2,[::1]:7001/my-main.1")
        #expect(
            address.sentinels == [
                RedisEndpoint(host: "s1", port: 7000), RedisEndpoint(host: "10.0.0.2", port: 26379),
                RedisEndpoint(host: "::1", port: 7001),
            ])
        #expect(address.primaryName == "my-main.1")
        #expect(address.username == "ann")
        #expect(address.password == RedisPassword("p@ss"))
        #expect(!address.isTLS)
        #expect(address.sentinelPassword == nil)
        #expect(try SentinelAddress("SENTINELS://s1/main").isTLS)
    }

    @Test("the login in the address is for data servers, that of the Sentinels for Sentinels, TLS for both")
    func logins() throws {
        var address = try SentinelAddress("sentinels://ann:one@s1/main")
        address.sentinelUsername = "bob"
        address.sentinelPassword = RedisPassword("two")
        let place = RedisEndpoint(host: "h", port: 1)
        #expect(
            address.dataServer(place)
                == RedisURL(host: "h", port: 1, isTLS: true, username: "ann", password: RedisPassword("one")))
        #expect(
            address.sentinel(place)
                == RedisURL(host: "h", port: 1, isTLS: true, username: "bob", password: RedisPassword("two")))
    }

    @Test(
        "a text that means nothing certain is refused",
        arguments: [
            ("redis://s1/main", RedisURLError.unsupportedScheme), ("sentinel:s1/main", .unsupportedScheme),
            ("sentinel://s1", .invalidPrimaryName), ("sentinel://s1/", .invalidPrimaryName),
            ("sentinel://s1/a/b", .invalidPrimaryName), ("sentinel://s1/a b", .invalidPrimaryName),
            ("sentinel:///main", .invalidHost), ("sentinel://s1,/main", .invalidHost),
            ("sentinel://s1,,s2/main", .invalidHost), ("sentinel://s1;s2/main", .invalidHost),
            ("sentinel://s1:0/main", .invalidPort), ("sentinel://s1:x,s2/main", .invalidPort),
            ("sentinel://ann@s1/main", .userWithoutPassword), ("sentinel://:%zz@s1/main", .invalidPercentEncoding),
            ("sentinel://s1/main?db=1", .unsupportedParameters),
        ])
    func refusals(text: String, error: RedisURLError) {
        #expect(throws: error) { try SentinelAddress(text) }
    }

    @Test("the scheme decides what an address is, and no description or dump shows a password")
    func descriptions() throws {
        let texts = [
            ("redis://ann:canary@h:1/2", "redis://ann:***@h:1/2"), ("rediss://:canary@h", "rediss://:***@h:6379/0"),
            ("sentinel://:canary@s1,[::1]:2/main", "sentinel://:***@s1:26379,[::1]:2/main"),
            ("sentinels://s1/main", "sentinels://s1:26379/main"),
        ]
        for (text, shown) in texts {
            let address = try RedisAddress(text)
            #expect(address.description == shown)
            #expect(address.isTLS == ["rediss", "sentinels"].contains(text.prefix { $0 != ":" }))
            var dumped = ""
            dump(address, to: &dumped)
            #expect(!dumped.contains("canary"))
        }
        #expect(throws: RedisURLError.unsupportedScheme) { try RedisAddress("http://h") }
    }
}
