import SignalDomain

/// `X-Forwarded-For` and `Forwarded`, with what a client writes there itself in front of what the proxies append.
///
/// Promises: no trap; behind an untrusted peer nothing counts; nobody is named by the client's own part; an
/// `X-Forwarded-For` names the client whatever stands in front.
struct ForwardedFuzz: FuzzTarget {
    private static let mutator = Mutator([
        ",", ", ", ";", "=", "\"", "\\", "for=", "for=\"[2001:db8::1]:80\"", "proto=https", "unknown", "_hidden", " ",
        "\t", ":", "[", "]", "::ffff:203.0.113.7", "203.0.113.7", "10.0.0.1", "0", "\u{0}", "é",
    ])
    private static let trusted = [CIDR("10.0.0.0/8"), CIDR("fd00::/8")].compactMap { $0 }

    func run(_ random: inout FuzzRandom) throws(Finding) -> Bool {
        let header = random.pick(ForwardedHeader.allCases)
        var forged = Array("203.0.113.\(random.below(256))".utf8)
        if header == .forwarded { forged = Array("for=".utf8) + forged }
        if random.chance(80) { Self.mutator.mutate(&forged, &random) }
        let client = "198.51.100.\(random.below(256))"
        let proxies = (0..<random.below(3)).map { _ in "10.0.0.\(random.below(256))" }
        let written = ([client] + proxies).map { header == .forwarded ? "for=\($0)" : $0 }.joined(separator: ", ")
        let front = String(decoding: forged, as: UTF8.self)
        // A proxy appends to the last line, or writes one of its own.
        let lines = random.chance(50) ? ["\(front), \(written)"] : [front, written]
        let text = lines.joined(separator: "\n")
        let hops = header.hops(lines)
        guard let proxy = ClientAddress("10.0.0.1"), let stranger = ClientAddress("192.0.2.1") else { return false }
        guard ForwardedChain.client(socket: stranger, forwardedFor: hops, trusted: Self.trusted) == stranger else {
            throw Finding("nobody believes an untrusted peer", text.utf8)
        }
        let found = ForwardedChain.client(socket: proxy, forwardedFor: hops, trusted: Self.trusted)
        let isClient = found == ClientAddress(client)
        if header == .xForwardedFor, !isClient { throw Finding("the rightmost untrusted hop is the client", text.utf8) }
        let isOwn = isClient || Self.trusted.contains { $0.contains(found) }
        if !isOwn { throw Finding("a client cannot name somebody else", text.utf8) }
        return isClient && header == .forwarded
    }
}
