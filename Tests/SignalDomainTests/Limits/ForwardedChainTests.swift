import SignalDomain
import Testing

@Suite("ForwardedChain")
struct ForwardedChainTests {
    struct Row: CustomStringConvertible {
        let socket: String
        let lines: [String]
        let expected: String
        var description: String { "\(socket) \(lines)" }

        init(_ socket: String, _ lines: [String], _ expected: String) {
            self.socket = socket
            self.lines = lines
            self.expected = expected
        }
    }

    static let rows: [Row] = [
        Row("10.0.0.5", ["1.1.1.1, 2.2.2.2, 10.0.0.9"], "2.2.2.2"),
        Row("10.0.0.5", ["evil, 2.2.2.2"], "2.2.2.2"),
        Row("10.0.0.5", ["2.2.2.2, junk"], "10.0.0.5"),
        Row("10.0.0.5", [], "10.0.0.5"),
        Row("10.0.0.5", [""], "10.0.0.5"),
        Row("8.8.8.8", ["1.1.1.1"], "8.8.8.8"),
        Row("8.8.8.8", ["10.0.0.1, 10.0.0.2"], "8.8.8.8"),
        Row("10.0.0.5", ["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
        Row("10.0.0.5", ["2.2.2.2"], "2.2.2.2"),
        Row("10.0.0.5", ["  2.2.2.2\t"], "2.2.2.2"),
        Row("10.0.0.5", ["2.2.2.2:4711"], "2.2.2.2"),
        Row("10.0.0.5", ["[2001:db8::9]:4711"], "2001:db8::9"),
        Row("10.0.0.5", ["2001:db8::9"], "2001:db8::9"),
        Row("10.0.0.5", ["fe80::1%eth0"], "fe80::1"),
        Row("10.0.0.5", ["::ffff:2.2.2.2"], "2.2.2.2"),
        Row("10.0.0.5", ["1.1.1.1, ::ffff:10.0.0.9"], "1.1.1.1"),
        Row("::ffff:10.0.0.5", ["2.2.2.2"], "2.2.2.2"),
        Row("10.0.0.5", ["1.1.1.1", "2.2.2.2"], "2.2.2.2"),
        Row("10.0.0.5", ["1.1.1.1", "10.0.0.9"], "1.1.1.1"),
        Row("10.0.0.5", ["1.1.1.1, 10.0.0.8", "10.0.0.9"], "1.1.1.1"),
        Row("10.0.0.5", ["1.1.1.1", ""], "10.0.0.5"),
        Row("10.0.0.5", ["1.1.1.1,,10.0.0.9"], "10.0.0.9"),
        Row("10.0.0.5", ["1.1.1.1,"], "10.0.0.5"),
        Row("10.0.0.5", [",10.0.0.9"], "10.0.0.9"),
        Row("10.0.0.5", ["unknown, 10.0.0.9"], "10.0.0.9"),
        Row("10.0.0.5", ["_hidden"], "10.0.0.5"),
        Row("10.0.0.5", ["2.2.2.2 3.3.3.3"], "10.0.0.5"),
        Row("10.0.0.5", ["\u{0}, 2.2.2.2"], "2.2.2.2"),
        Row("fd00::5", ["2001:db8::7, fd00::9"], "2001:db8::7"),
        Row("10.0.0.5", ["999.1.1.1, 10.0.0.9"], "10.0.0.9"),
    ]

    @Test("the rightmost untrusted hop is the client", arguments: rows)
    func findsTheClient(row: Row) throws {
        let trusted = try CIDRList(parsing: "10.0.0.0/8,fd00::/8").ranges
        let socket = try #require(ClientAddress(row.socket))
        #expect(
            ForwardedChain.client(socket: socket, forwardedFor: row.lines, trusted: trusted).description == row.expected
        )
    }

    @Test("without trusted proxies the header is ignored")
    func ignoresTheHeader() throws {
        let socket = try #require(ClientAddress("10.0.0.5"))
        #expect(ForwardedChain.client(socket: socket, forwardedFor: ["1.1.1.1"], trusted: []) == socket)
    }

    @Test("16 hops are followed and no more")
    func boundsHops() throws {
        let trusted = try CIDRList(parsing: "10.0.0.0/8").ranges
        let socket = try #require(ClientAddress("10.0.0.5"))
        let chain = { (hops: Int) in
            (["2.2.2.2"] + (1..<hops).reversed().map { "10.0.1.\($0)" }).joined(separator: ", ")
        }
        #expect(
            ForwardedChain.client(socket: socket, forwardedFor: [chain(16)], trusted: trusted).description == "2.2.2.2")
        #expect(
            ForwardedChain.client(socket: socket, forwardedFor: [chain(17)], trusted: trusted).description
                == "10.0.1.16")
    }

    @Test("1 KiB is read from the right, and an element that the bound cuts is not read as a shorter one")
    func boundsBytes() throws {
        let trusted = try CIDRList(parsing: "10.0.0.0/8").ranges
        let socket = try #require(ClientAddress("10.0.0.5"))
        let answer = { (line: String) in
            ForwardedChain.client(socket: socket, forwardedFor: [line], trusted: trusted).description
        }
        let near = "10.0.0.9"
        for padding in 1000...1024 {
            let line = "12.2.2.2," + String(repeating: " ", count: padding) + near
            #expect(["12.2.2.2", near, "10.0.0.5"].contains(answer(line)), "\(padding)")
        }
        #expect(answer("2.2.2.2," + String(repeating: " ", count: 900) + near) == "2.2.2.2")
        #expect(answer("2.2.2.2," + String(repeating: " ", count: 2000) + near) == "10.0.0.5")
        #expect(answer(String(repeating: "1", count: 100_000)) == "10.0.0.5")
    }
}
