import NIOCore
import Testing

@testable import RedisWire

@Suite("Reader of replies")
struct ReplyReaderTests {
    private func reader(maxReplyBytes: Int = 1 << 20) throws -> ReplyReader {
        try #require(ReplyReader(maxReplyBytes: maxReplyBytes))
    }

    /// Everything that the text holds.
    private func read(_ text: String, maxReplyBytes: Int = 1 << 20) throws -> [RESPValue] {
        let reader = try reader(maxReplyBytes: maxReplyBytes)
        try reader.feed(ByteBuffer(string: text))
        var values: [RESPValue] = []
        while let value = try reader.next() { values.append(value) }
        return values
    }

    private func bulk(_ text: String) -> RESPValue { .bulk(ByteBuffer(string: text)) }

    @Test("every RESP2 type becomes its value")
    func types() throws {
        let error = RedisServerError(line: Array("WRONGTYPE not that".utf8))
        #expect(
            try read("+OK\r\n-WRONGTYPE not that\r\n:-7\r\n$3\r\nabc\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n") == [
                .simple("OK"), .error(error), .integer(-7), bulk("abc"), bulk(""), .null, .null, .array([]),
            ])
        #expect(error.code == .wrongType)
    }

    @Test("arrays nest, with empty ones and nulls inside")
    func nesting() throws {
        let text = "*4\r\n*2\r\n:1\r\n*0\r\n$-1\r\n*1\r\n*1\r\n+deep\r\n$1\r\nx\r\n:9\r\n"
        #expect(
            try read(text) == [
                .array([
                    .array([.integer(1), .array([])]), .null, .array([.array([.simple("deep")])]), bulk("x"),
                ]),
                .integer(9),
            ])
    }

    @Test("a stream gives the same values however it is cut", arguments: [UInt64](1...20))
    func cuts(seed: UInt64) throws {
        let text = "*3\r\n$5\r\n\r\n\0\r\n\r\n:12\r\n*2\r\n+a\r\n-ERR b\r\n$-1\r\n+OK\r\n*0\r\n$2\r\nhi\r\n"
        let whole = try read(text)
        #expect(whole.count == 5)
        var generator = SeededGenerator(seed: seed)
        let reader = try reader()
        var rest = ByteBuffer(string: text)
        var values: [RESPValue] = []
        while let piece = rest.readSlice(length: min(Int.random(in: 1...7, using: &generator), rest.readableBytes)),
            piece.readableBytes > 0
        {
            try reader.feed(piece)
            while let value = try reader.next() { values.append(value) }
        }
        #expect(values == whole, "seed \(seed)")
    }

    @Test(
        "what is no RESP2 breaks the protocol",
        arguments: [
            "HTTP/1.1 200 OK\r\n", "\r\n", "\0\0\0\0", "$-5\r\n", "$x\r\n", ":99999999999999999999\r\n", ":\r\n",
            "*-2\r\n",
            "*x\r\n", "*2147483647\r\n", "*4294967296\r\n", "*99999999999999999999\r\n", "*2\r\n:1\r\n?\r\n",
            String(repeating: "*1\r\n", count: 9) + ":1\r\n",
        ])
    func violations(text: String) {
        #expect {
            try read(text)
        } throws: { error in
            if case .protocolViolation = error as? RedisError { true } else { false }
        }
    }

    @Test("the deepest allowed nesting is read")
    func depth() throws {
        let values = try read(String(repeating: "*1\r\n", count: ReplyBuilder.maxDepth) + ":1\r\n")
        #expect(values.count == 1)
    }

    @Test("an error is final: later bytes give no values")
    func finality() throws {
        let reader = try reader()
        try reader.feed(ByteBuffer(string: "?"))
        #expect(throws: RedisError.self) { try reader.next() }
        #expect(throws: RedisError.self) { try reader.feed(ByteBuffer(string: "+OK\r\n")) }
        #expect(throws: RedisError.self) { try reader.next() }
    }

    @Test(
        "an endless reply breaks the protocol at the limit, whatever it is made of",
        arguments: [
            ("$9223372036854775807\r\n", "xxxxxxxxxx"), ("+", "xxxxxxxxxx"), ("$", "1111111111"),
            ("*300000\r\n", "$-1\r\n"),
            ("*300000\r\n", "*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"),
        ])
    func endless(start: String, filling: String) throws {
        let limit = 1 << 20
        let reader = try reader(maxReplyBytes: limit)
        let filling = ByteBuffer(string: String(repeating: filling, count: 1000))
        var fed = 0
        #expect(throws: RedisError.self) {
            try reader.feed(ByteBuffer(string: start))
            while fed < 2 * limit {
                _ = try reader.next()
                try reader.feed(filling)
                fed += filling.readableBytes
            }
        }
        #expect(fed <= limit + filling.readableBytes)
    }

    @Test(
        "a line without end breaks the protocol long before the limit of replies", arguments: ["+", "-", ":", "$", "*"])
    func endlessLine(type: String) throws {
        let reader = try reader(maxReplyBytes: 100 * ReplyReader.maxLineBytes)
        try reader.feed(ByteBuffer(string: type + String(repeating: "1", count: ReplyReader.maxLineBytes + 1)))
        #expect(throws: RedisError.protocolViolation("a line without end")) { try reader.next() }
    }

    @Test("the builder itself bounds depth and length, since not every hiredis does")
    func builderLimits() {
        let builder = ReplyBuilder(maxElements: 10)
        #expect(!builder.openArray(count: 11))
        for _ in 0..<ReplyBuilder.maxDepth { #expect(builder.openArray(count: 1)) }
        #expect(!builder.openArray(count: 1))
        #expect(builder.take() == nil)
    }

    @Test("replies up to the limit pass, one after the other")
    func limit() throws {
        let body = String(repeating: "x", count: 1000)
        let reply = "$1000\r\n\(body)\r\n"
        #expect(try read(String(repeating: reply, count: 50), maxReplyBytes: reply.utf8.count).count == 50)
    }

    @Test("arbitrary bytes never crash the reader", arguments: [UInt64](1...50))
    func arbitrary(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("*$+-:0123456789\r\n\r\nab".utf8)
        for _ in 0..<50 {
            let reader = try reader(maxReplyBytes: 4096)
            let bytes = (0..<200).compactMap { _ in alphabet.randomElement(using: &generator) }
            do {
                try reader.feed(ByteBuffer(bytes: bytes))
                while try reader.next() != nil {}
            } catch {
                guard case .protocolViolation = error else {
                    Issue.record("\(error), seed \(seed)")
                    continue
                }
            }
        }
    }

    @Test("an error's code is its first word, and its message is cut", arguments: RedisServerError.Code.allCases)
    func codes(code: RedisServerError.Code) {
        let line = "\(code == .other ? "SOMETHING" : code.rawValue) \(String(repeating: "x", count: 2000))"
        let error = RedisServerError(line: Array(line.utf8))
        #expect(error.code == code)
        #expect(error.message.utf8.count == RedisServerError.maxMessageBytes)
    }

    @Test("values are read as text, number, bytes and array")
    func conveniences() {
        #expect(RESPValue.simple("a").string == "a")
        #expect(bulk("a").string == "a")
        #expect(RESPValue.bulk(ByteBuffer(bytes: [0xff])).string == nil)
        #expect(RESPValue.integer(3).int == 3)
        #expect(bulk("-3").int == -3)
        #expect(bulk("x").int == nil)
        #expect(bulk("a").bytes == ByteBuffer(string: "a"))
        #expect(RESPValue.array([.null]).array == [.null])
        #expect(RESPValue.null.string == nil && RESPValue.null.array == nil && RESPValue.null.bytes == nil)
    }
}
