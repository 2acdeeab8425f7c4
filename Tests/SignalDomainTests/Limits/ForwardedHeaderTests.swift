import SignalDomain
import Testing

@Suite("ForwardedHeader (RFC 7239)")
struct ForwardedHeaderTests {
    /// Socket, lines, client.
    static let rows: [(String, [String], String)] = [
        ("10.0.0.5", ["for=2.2.2.2"], "2.2.2.2"),
        ("10.0.0.5", ["For=\"2.2.2.2\""], "2.2.2.2"),
        ("10.0.0.5", ["for=2.2.2.2;proto=https;by=10.0.0.5"], "2.2.2.2"),
        ("10.0.0.5", ["proto=https;by=10.0.0.5;for=2.2.2.2"], "2.2.2.2"),
        ("10.0.0.5", ["for=\"2.2.2.2:4711\""], "2.2.2.2"),
        ("10.0.0.5", ["for=2.2.2.2:4711"], "2.2.2.2"),
        ("10.0.0.5", ["for=\"[2001:db8::9]\""], "2001:db8::9"),
        ("10.0.0.5", ["for=\"[2001:db8::9]:4711\""], "2001:db8::9"),
        ("10.0.0.5", ["for=1.1.1.1, for=2.2.2.2"], "2.2.2.2"),
        ("10.0.0.5", ["for=1.1.1.1,for=10.0.0.9"], "1.1.1.1"),
        ("10.0.0.5", ["for=1.1.1.1", "for=10.0.0.9"], "1.1.1.1"),
        ("10.0.0.5", ["for=6.6.6.6, for=2.2.2.2, for=10.0.0.8, for=10.0.0.9"], "2.2.2.2"),
        ("10.0.0.5", ["for=unknown"], "10.0.0.5"),
        ("10.0.0.5", ["for=unknown, for=10.0.0.9"], "10.0.0.9"),
        ("10.0.0.5", ["for=_hidden"], "10.0.0.5"),
        ("10.0.0.5", ["for=\"_gazonk\", for=10.0.0.9"], "10.0.0.9"),
        ("10.0.0.5", ["by=2.2.2.2"], "10.0.0.5"),
        ("10.0.0.5", ["for=1.1.1.1, by=2.2.2.2"], "10.0.0.5"),
        ("10.0.0.5", [""], "10.0.0.5"),
        ("10.0.0.5", [], "10.0.0.5"),
        ("10.0.0.5", ["for=2.2.2.2,"], "10.0.0.5"),
        ("10.0.0.5", ["for="], "10.0.0.5"),
        ("10.0.0.5", ["for"], "10.0.0.5"),
        ("10.0.0.5", ["2.2.2.2"], "10.0.0.5"),
        ("10.0.0.5", ["for=\"2.2.2.2"], "10.0.0.5"),
        ("10.0.0.5", ["for=\"1.1.1.1, for=2.2.2.2\""], "10.0.0.5"),
        ("10.0.0.5", ["for=2.2.2.2;for=3.3.3.3"], "10.0.0.5"),
        ("10.0.0.5", ["host=\"a,for=6.6.6.6\";for=2.2.2.2"], "2.2.2.2"),
        ("10.0.0.5", ["host=\"a\\\",for=6.6.6.6\";for=2.2.2.2"], "2.2.2.2"),
        ("10.0.0.5", ["for=1.1.1.1", "for=\"broken"], "10.0.0.5"),
        ("8.8.8.8", ["for=1.1.1.1"], "8.8.8.8"),
        ("fd00::5", ["for=\"[2001:db8::7]\" , for=\"[fd00::9]\""], "2001:db8::7"),
    ]

    @Test("the rightmost untrusted hop is the client, and a line that breaks the grammar names nobody", arguments: rows)
    func findsTheClient(socket: String, lines: [String], expected: String) throws {
        let trusted = try CIDRList(parsing: "10.0.0.0/8,fd00::/8").ranges
        let peer = try #require(ClientAddress(socket))
        let hops = ForwardedHeader.forwarded.hops(lines)
        let client = ForwardedChain.client(socket: peer, forwardedFor: hops, trusted: trusted)
        #expect(client.description == expected, "\(lines)")
    }

    @Test("no text is a trap, and nothing that a client writes to the left reaches it")
    func hostile() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        let trusted = try CIDRList(parsing: "10.0.0.0/8").ranges
        let proxy = ClientAddress(ipv4: 0x0A00_0001)
        let pieces = ["for=", "6.6.6.6", "\"", "\\", ",", ";", " ", "[", "]", ":", "=", "by", "\u{0}", "é", "10.0.0.9"]
        for _ in 0..<20_000 {
            let junk = (0..<Int.random(in: 0...12, using: &random)).map { _ in random.pick(pieces) }.joined()
            // What a proxy of ours appends stands in a line of its own, or behind a comma.
            let hops = ForwardedHeader.forwarded.hops([junk, "for=2.2.2.2"])
            let client = ForwardedChain.client(socket: proxy, forwardedFor: hops, trusted: trusted)
            #expect(client.description == "2.2.2.2", "seed \(seed): \(junk)")
        }
    }
}
