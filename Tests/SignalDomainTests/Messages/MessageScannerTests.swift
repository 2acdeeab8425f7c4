import SignalDomain
import Testing

@Suite("MessageScanner")
struct MessageScannerTests {
    @Test(
        "other JSON values, broken text and no text at all are invalid_json",
        arguments: [
            "", " ", "null", "[]", "1e999", "true", "\"text\"", "-1", "x", "{", "{\"a\"", "{\"a\":", "{\"a\":1",
            "{\"a\":1,",
            "{\"a\":1,}", "{,}", "{\"a\" 1}", "{a:1}", "{'a':1}", "{\"a\":01}", "{\"a\":1.}", "{\"a\":.1}",
            "{\"a\":+1}",
            "{\"a\":-}", "{\"a\":1e}", "{\"a\":0x1}", "{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":nul}", "{\"a\":True}",
            "{\"a\":\"\\x\"}", "{\"a\":\"\\u12g4\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"\n\"}", "{\"a\":\"\u{0}\"}",
            "{\"a\":\"unclosed}", "{\"a\":[1,]}", "{\"a\":[1}", "{\"a\":{]}", "{}{}", "{} x", "{\"a\":1}}",
            "\u{FEFF}{}",
            "{\"a\":1 \"b\":2}", "{\"a\":[1 2]}", "{\"a\"\u{0}:1}", "{/**/}", "{\"a\":1}\u{0}",
        ])
    func refusesWhatIsNoObject(message: String) {
        #expect(fault(message)?.code == .invalidJSON)
    }

    @Test(
        "unusual but valid text passes",
        arguments: [
            "{}", " \t\r\n{ } \n", "{\"\":\"\"}", "{\"a\":1e999999,\"b\":-0.0E-12}", "{\"a\":\"\\ud800\"}",
            "{\"a\":\"\\udfff\\ud800\"}", "{\"a\":\"\\u0000\"}", "{\"\\ud83d\\ude00\":\"🙂\"}", "{\"a\":1,\"a\":2}",
            "{\"a\":[[],{},[{}],\"\",0,true,false,null]}", "{\"a\" : [ ] , \"b\" : { } }",
            "{\"a\":\"\u{7F}\u{85}\u{2028}\"}",
        ])
    func acceptsWhatIsValid(message: String) {
        #expect(fault(message) == nil)
    }

    @Test("a hundred thousand brackets are refused without depth of their own")
    func refusesDeepNesting() {
        #expect(fault(String(repeating: "[", count: 100_000)) == .notAnObject)
        #expect(fault("{\"a\":" + String(repeating: "[", count: 100_000)) == .tooDeep)
        #expect(fault(String(repeating: "{\"a\":", count: 100_000)) == .tooDeep)
    }

    @Test("depth 32 passes and 33 does not, for arrays, objects and their mixture")
    func boundsDepth() {
        let nested = { (open: String, close: String, levels: Int) in
            "{\"a\":" + String(repeating: open, count: levels) + "1" + String(repeating: close, count: levels) + "}"
        }
        for (open, close) in [("[", "]"), ("{\"b\":", "}")] {
            #expect(fault(nested(open, close, 31)) == nil)
            #expect(fault(nested(open, close, 32)) == .tooDeep)
        }
        #expect(fault(nested("[{\"b\":", "}]", 15)) == nil)
        #expect(fault(nested("[{\"b\":", "}]", 16)) == .tooDeep)
        #expect(fault("{}", limits: ScanLimits(maxDepth: 0, maxKeys: 1, maxKeyBytes: 1)) == .tooDeep)
        #expect(
            fault(nested("[", "]", 500), limits: ScanLimits(maxDepth: 10_000, maxKeys: 9, maxKeyBytes: 9)) == .tooDeep)
    }

    @Test("256 names per object pass and 257 do not, at the top and inside; siblings count apart")
    func boundsKeys() {
        let object = { (count: Int) in "{" + (0..<count).map { "\"k\($0)\":0" }.joined(separator: ",") + "}" }
        #expect(fault(object(256)) == nil)
        #expect(fault(object(257)) == .tooManyKeys)
        #expect(fault("{\"a\":\(object(256)),\"b\":[\(object(256)),\(object(256))]}") == nil)
        #expect(fault("{\"a\":\(object(257))}") == .tooManyKeys)
    }

    @Test("a name of 128 bytes passes and 129 do not, at the top and inside")
    func boundsNames() {
        let name = { (count: Int) in String(repeating: "k", count: count) }
        #expect(fault("{\"\(name(128))\":{\"\(name(128))\":0}}") == nil)
        #expect(fault("{\"\(name(129))\":0}") == .keyTooLong)
        #expect(fault("{\"a\":{\"\(name(129))\":0}}") == .keyTooLong)
    }

    @Test(
        "a repeated type, to or id is refused however it is spelled; other repeats pass",
        arguments: [
            ("{\"type\":1,\"type\":1}", ScanError.repeatedMember), ("{\"to\":1,\"x\":2,\"to\":1}", .repeatedMember),
            ("{\"id\":1,\"\\u0069d\":1}", .repeatedMember), ("{\"t\\u0079pe\":\"a\",\"type\":\"b\"}", .repeatedMember),
            ("{\"x\":1,\"x\":2}", nil), ("{\"room\":1,\"room\":2}", nil), ("{\"a\":{\"type\":1,\"type\":2}}", nil),
            ("{\"Type\":1,\"type\":2}", nil), ("{\"id\":1,\"id\\u0000\":2}", nil),
        ])
    func refusesRepeats(message: String, expected: ScanError?) {
        #expect(fault(message) == expected)
    }

    @Test("a message cut at any byte is refused, and never read beyond its end")
    func refusesTruncated() throws {
        let whole = Array(#" {"type":"off\u0065r","to":["a","b"],"n":-1.5e+3,"o":{"x":[true,null]},"room":"r"}"#.utf8)
        #expect(throws: Never.self) { try scan(whole) }
        for count in 0..<whole.count {
            let part = try GuardedBytes(whole[..<count])
            #expect(throws: ScanError.notJSON, "\(count) bytes") { try MessageScanner.scan(part.bytes) }
        }
    }

    @Test(
        "each special word is known, escaped or not",
        arguments: [
            ("heartbeat", MessageType.heartbeat), ("telemetry", .telemetry), ("ping", .ping), ("hello", .hello),
            ("ack", .ack), ("presence", .presence), ("auth", .auth), ("leave", .leave),
        ])
    func knowsOwnTypes(word: String, type: MessageType) throws {
        #expect(try scan("{\"type\":\"\(word)\"}").type == type)
        let first = word.utf8.first.map { String($0, radix: 16) } ?? ""
        #expect(try scan("{\"t\\u0079pe\":\"\\u00\(first)\(word.dropFirst())\"}").type == type)
    }

    @Test("each word of the server is reserved", arguments: ReservedType.allCases)
    func knowsReservedTypes(word: ReservedType) throws {
        #expect(try scan("{\"a\":1,\"type\" : \"\(word.rawValue)\"}").type == .reserved(word))
        #expect(try scan("{\"type\":\"\(word.rawValue)\\u0000\"}").type == .other)
    }

    @Test(
        "any other type is other",
        arguments: [
            "{}", "{\"type\":1}", "{\"type\":null}", "{\"type\":[\"ping\"]}", "{\"type\":{\"type\":\"ping\"}}",
            "{\"type\":\"\"}", "{\"type\":\"Ping\"}", "{\"type\":\"ping \"}", "{\"type\":\"\\ud800\"}",
            "{\"a\":\"ping\"}",
            "{\"type\":\"a-word-longer-than-every-special-one\"}", "{\"a\":{\"type\":\"ping\"}}",
        ])
    func knowsNoOtherTypes(message: String) throws {
        #expect(try scan(message).type == .other)
    }

    @Test("to and id are found with their kind and their bytes")
    func findsTargets() throws {
        let message = #"{"to":["a","b\n"],"id":"x\u0041","seq":12}"#
        let bytes = Array(message.utf8)
        let scanned = try scan(message)
        bytes.withUnsafeBytes { buffer in
            #expect(scanned.to?.kind == .array)
            #expect(scanned.to?.strings(in: buffer, limit: 2) == ["a", "b\n"])
            #expect(scanned.to?.strings(in: buffer, limit: 1) == nil)
            #expect(scanned.id?.string(in: buffer) == "xA")
            #expect(scanned.id?.integer(in: buffer) == nil)
            #expect(scanned.id.map { text(Array(buffer[$0.range])) } == #""x\u0041""#)
            let members = Array(ObjectMembers(buffer, at: scanned.start))
            #expect(members.map(\.name) == ["to", "id", "seq"])
            #expect(members.last?.value.integer(in: buffer) == 12)
        }
    }

    @Test("errors map to the two words that clients know")
    func mapsErrors() {
        #expect(ScanError.allCases.filter { $0.code == .invalidJSON } == [.notJSON, .notAnObject])
        #expect(ScanError.allCases.filter { $0.code == .invalidMessage }.count == 4)
    }
}
