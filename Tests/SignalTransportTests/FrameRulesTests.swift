import NIOCore
import SignalDomain
import Testing

@testable import SignalTransport

/// The malformed inputs of the fact sheet, and the closing handshake, without any socket.
@Suite("Frame rules") struct FrameRulesTests {
    static let now = NIODeadline.uptimeNanoseconds(1_000_000_000)

    static func frame(
        fin: Bool = true, rsv1: Bool = false, rsv2: Bool = false, rsv3: Bool = false, opcode: UInt8,
        _ payload: [UInt8] = [], isMasked: Bool = true
    ) -> Frame {
        let head = (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | (rsv2 ? 0x20 : 0) | (rsv3 ? 0x10 : 0) | opcode
        return Frame(head: head, isMasked: isMasked, payload: ByteBuffer(bytes: payload))
    }

    static func text(_ text: String, fin: Bool = true, opcode: UInt8 = 1) -> Frame {
        frame(fin: fin, opcode: opcode, Array(text.utf8))
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let frames: [Frame]
        let reason: CloseReason

        init(_ name: String, _ frames: Frame..., closes reason: CloseReason) {
            testDescription = name
            self.frames = frames
            self.reason = reason
        }
    }

    static let malformed = [
        Case("unmasked text", frame(opcode: 1, [0x61], isMasked: false), closes: .protocolError),
        Case("unmasked ping", frame(opcode: 9, isMasked: false), closes: .protocolError),
        Case("RSV1", frame(rsv1: true, opcode: 1), closes: .protocolError),
        Case("RSV2", frame(rsv2: true, opcode: 1), closes: .protocolError),
        Case("RSV3 on a ping", frame(rsv3: true, opcode: 9), closes: .protocolError),
        Case("opcode 3", frame(opcode: 3), closes: .protocolError),
        Case("opcode 7", frame(opcode: 7), closes: .protocolError),
        Case("opcode 11", frame(opcode: 11), closes: .protocolError),
        Case("opcode 15", frame(opcode: 15), closes: .protocolError),
        Case("a ping in two frames", frame(fin: false, opcode: 9), closes: .protocolError),
        Case(
            "a ping of 126 bytes", frame(opcode: 9, Array(repeating: 0x61, count: 126)), closes: .protocolError),
        Case("a continuation of nothing", frame(opcode: 0, [0x61]), closes: .protocolError),
        Case(
            "a text inside a message", text("a", fin: false), text("b"), closes: .protocolError),
        Case("bytes C3 28", frame(opcode: 1, [0xC3, 0x28]), closes: .invalidPayload),
        Case(
            "C3 28 over two frames", frame(fin: false, opcode: 1, [0xC3]), frame(opcode: 0, [0x28]),
            closes: .invalidPayload),
        Case(
            "a surrogate in UTF-8", frame(opcode: 1, [0xED, 0xA0, 0x80]), closes: .invalidPayload),
        Case("a message of 33 bytes", text(String(repeating: "a", count: 33)), closes: .messageTooLarge),
        Case(
            "fragments of 33 bytes together", text(String(repeating: "a", count: 20), fin: false),
            text(String(repeating: "a", count: 13), opcode: 0), closes: .messageTooLarge),
        Case("a close payload of 1 byte", frame(opcode: 8, [3]), closes: .protocolError),
        Case("close code 999", frame(opcode: 8, [0x03, 0xE7]), closes: .protocolError),
        Case("close code 1004", frame(opcode: 8, [0x03, 0xEC]), closes: .protocolError),
        Case("close code 1005", frame(opcode: 8, [0x03, 0xED]), closes: .protocolError),
        Case("close code 1006", frame(opcode: 8, [0x03, 0xEE]), closes: .protocolError),
        Case("close code 1015", frame(opcode: 8, [0x03, 0xF7]), closes: .protocolError),
        Case("close code 2999", frame(opcode: 8, [0x0B, 0xB7]), closes: .protocolError),
        Case("close code 5000", frame(opcode: 8, [0x13, 0x88]), closes: .protocolError),
        Case("a close reason that is not UTF-8", frame(opcode: 8, [0x03, 0xE8, 0xFF]), closes: .invalidPayload),
    ]

    static var rules: FrameRules {
        FrameRules(limits: .init(maxMessageBytes: 32, maxFragments: 4, assemblyMs: 1_000))
    }

    @Test("a frame that breaks the protocol fails the connection, and nothing after it counts", arguments: malformed)
    func failsMalformed(_ input: Case) throws {
        var rules = Self.rules
        let actions = input.frames.map { rules.receive($0, now: Self.now) }
        #expect(actions.dropLast().allSatisfy { $0 == .none })
        #expect(actions.last == .fail(input.reason))
        #expect(rules.receive(Self.text("{}"), now: Self.now) == .none)
        #expect(rules.receive(Self.frame(opcode: 9), now: Self.now) == .none)
    }

    @Test("a message arrives whole, however it was cut, with control frames in between")
    func assembles() {
        var rules = Self.rules
        #expect(rules.receive(Self.frame(fin: false, opcode: 1, [0xE2, 0x82]), now: Self.now) == .none)
        #expect(rules.receive(Self.frame(opcode: 9, [1, 2]), now: Self.now) == .answerPing(ByteBuffer(bytes: [1, 2])))
        #expect(rules.receive(Self.frame(opcode: 10, [9]), now: Self.now) == .none)
        #expect(rules.receive(Self.frame(fin: false, opcode: 0), now: Self.now) == .none)
        #expect(
            rules.receive(Self.frame(opcode: 0, [0xAC]), now: Self.now) == .deliver(ByteBuffer(string: "€")))
        #expect(rules.receive(Self.text(""), now: Self.now) == .deliver(ByteBuffer()))
    }

    @Test("every way to cut a text gives the same message", arguments: 0..<50)
    func cutsAnywhere(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let text = String((0..<30).map { _ in Array("añ€😀z한").randomElement(using: &random) ?? "a" })
        let bytes = Array(text.utf8)
        var rules = FrameRules(limits: .init(maxMessageBytes: 1_000, maxFragments: 200, assemblyMs: 0))
        var last = rules.receive(Self.frame(fin: false, opcode: 1), now: Self.now)
        var start = 0
        while start < bytes.count {
            #expect(last == .none, "seed \(seed)")
            let end = Int.random(in: start...bytes.count, using: &random)
            let isLast = end == bytes.count
            last = rules.receive(Self.frame(fin: isLast, opcode: 0, Array(bytes[start..<end])), now: Self.now)
            start = end
        }
        #expect(last == .deliver(ByteBuffer(string: text)), "seed \(seed)")
    }

    @Test("one fragment more than allowed closes with 1009, even when all are empty")
    func boundsFragments() {
        var rules = Self.rules
        #expect(rules.receive(Self.text("", fin: false), now: Self.now) == .none)
        for _ in 0..<3 { #expect(rules.receive(Self.text("", fin: false, opcode: 0), now: Self.now) == .none) }
        #expect(rules.receive(Self.text("", fin: false, opcode: 0), now: Self.now) == .fail(.messageTooLarge))
    }

    @Test("a message that stays incomplete is overdue after its time, a complete one never")
    func boundsAssembly() {
        var rules = Self.rules
        #expect(rules.overdue(now: Self.now + .hours(1)) == nil)
        _ = rules.receive(Self.text("a", fin: false), now: Self.now)
        #expect(rules.overdue(now: Self.now + .milliseconds(1_000)) == nil)
        #expect(rules.overdue(now: Self.now + .milliseconds(1_001)) == .messageTooLarge)
        #expect(rules.receive(Self.text("b", opcode: 0), now: Self.now) == .none)
    }

    @Test("binary frames count as text, or close with 1003 where the dialect says so")
    func binary() {
        var rules = Self.rules
        #expect(rules.receive(Self.text("{}", opcode: 2), now: Self.now) == .deliver(ByteBuffer(string: "{}")))
        // What a JavaScript server makes of such bytes.
        #expect(
            rules.receive(Self.frame(opcode: 2, [0x7B, 0xFF]), now: Self.now)
                == .deliver(ByteBuffer(string: "{\u{FFFD}")))
        var strict = FrameRules(limits: .init(takesBinary: false))
        #expect(strict.receive(Self.text("{}", opcode: 2), now: Self.now) == .fail(.unsupportedData))
    }

    @Test(
        "allowed close codes are taken over", arguments: [1000, 1001, 1003, 1007, 1011, 1014, 3000, 4999] as [UInt16])
    func acceptsCloseCodes(_ code: UInt16) {
        var rules = Self.rules
        let payload = [UInt8(code >> 8), UInt8(code & 0xFF)] + Array("bye".utf8)
        #expect(rules.receive(Self.frame(opcode: 8, payload), now: Self.now) == .peerClosed(code))
        #expect(rules.receive(Self.frame(opcode: 8, payload), now: Self.now) == .none)
    }

    @Test("a close frame without a code is a clean close")
    func acceptsEmptyClose() {
        var rules = Self.rules
        #expect(rules.receive(Self.frame(opcode: 8), now: Self.now) == .peerClosed(nil))
    }

    @Test("after our own close frame only the peer's close frame counts")
    func waitsForAnswer() {
        var rules = Self.rules
        _ = rules.receive(Self.text("a", fin: false), now: Self.now)
        rules.closeSent()
        #expect(rules.receive(Self.text("b", opcode: 0), now: Self.now) == .none)
        #expect(rules.receive(Self.text("{}"), now: Self.now) == .none)
        #expect(rules.receive(Self.frame(opcode: 9, [1]), now: Self.now) == .none)
        #expect(rules.receive(Self.frame(opcode: 8, [0x03, 0xE8]), now: Self.now) == .closeAnswered(1000))
    }

    @Test("no sequence of frames traps or delivers what is not UTF-8", arguments: 0..<200)
    func survivesNoise(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var rules = Self.rules
        for _ in 0..<50 {
            let frame = Self.frame(
                fin: Bool.random(using: &random), rsv1: UInt8.random(in: 0..<50, using: &random) == 0,
                opcode: [0, 0, 1, 1, 2, 8, 9, 10, 3].randomElement(using: &random) ?? 0,
                (0..<Int.random(in: 0..<20, using: &random)).map { _ in .random(in: 0...255, using: &random) },
                isMasked: UInt8.random(in: 0..<50, using: &random) != 0)
            if case .deliver(let message) = rules.receive(frame, now: Self.now) {
                #expect(String(validating: message.readableBytesView, as: UTF8.self) != nil, "seed \(seed)")
            }
        }
    }
}
