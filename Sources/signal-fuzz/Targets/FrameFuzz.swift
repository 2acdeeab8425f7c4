import NIOCore
import SignalDomain
import SignalTransport

/// The frame reader together with the frame rules.
///
/// Promises: no trap; the same actions however the bytes are cut into packets; texts are valid UTF-8; no message is
/// longer than its limit; after a failure nothing counts; a well-formed message arrives as it was sent, however it was
/// cut into frames.
struct FrameFuzz: FuzzTarget {
    private static let limits = FrameRules.Limits(maxMessageBytes: 300, maxFragments: 20, assemblyMs: 0)
    private static let mutator = Mutator([
        "\u{1}", "\u{0}", "~", "\u{7F}", "a", "🙂", "\u{3}\u{E8}", "\u{7F}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{1}",
    ])

    func run(_ random: inout FuzzRandom) throws(Finding) -> Bool {
        var bytes: [UInt8] = []
        var sent: [FrameRules.Action] = []
        for _ in 0..<(1 + random.below(4)) { bytes += Self.message(&random, into: &sent) }
        let isWhole = random.chance(30)
        if !isWhole { Self.mutator.mutate(&bytes, &random) }
        let actions = Self.actions(of: [bytes[...]])
        guard actions == Self.actions(of: random.pieces(bytes)) else {
            throw Finding("packets do not change what frames mean", bytes)
        }
        if isWhole, actions != sent { throw Finding("well-formed messages arrive as they were sent", bytes) }
        for (index, action) in actions.enumerated() {
            switch action {
            case .deliver(let text):
                guard text.readableBytes <= Self.limits.maxMessageBytes else {
                    throw Finding("no message is longer than its limit", bytes)
                }
                guard String(validating: text.readableBytesView, as: UTF8.self) != nil else {
                    throw Finding("texts are valid UTF-8", bytes)
                }
            case .fail, .peerClosed:
                guard index == actions.count - 1 else { throw Finding("nothing counts after the end", bytes) }
            default: break
            }
        }
        return !actions.isEmpty
    }

    /// The frames of one message, with control frames between them, and what they must lead to.
    private static func message(_ random: inout FuzzRandom, into sent: inout [FrameRules.Action]) -> [UInt8] {
        let text = String((0..<random.below(40)).map { _ in random.pick(Array("añ€🙂\u{0}\u{10FFFF}{}\"")) })
        let payload = Array(text.utf8)
        var bytes: [UInt8] = []
        var rest = payload[...]
        var opcode: UInt8 = random.chance(80) ? 1 : 2
        for number in 0..<12 {
            let isLast = number == 11 || random.chance(40)
            let part = isLast ? rest : rest.prefix(random.below(rest.count + 1))
            rest = rest.dropFirst(part.count)
            bytes += frame(fin: isLast, opcode, Array(part), &random)
            opcode = 0
            if isLast { break }
            if random.chance(20) {
                let ping = random.bytes(random.below(126))
                bytes += frame(fin: true, 9, ping, &random)
                sent.append(.answerPing(ByteBuffer(bytes: ping)))
            }
        }
        sent.append(.deliver(ByteBuffer(bytes: payload)))
        return bytes
    }

    private static func frame(fin: Bool, _ opcode: UInt8, _ payload: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
        var bytes = [(fin ? 0x80 : 0) | opcode]
        if payload.count < 126 {
            bytes.append(0x80 | UInt8(payload.count))
        } else {
            bytes += [
                0x80 | 126, UInt8(truncatingIfNeeded: payload.count >> 8), UInt8(truncatingIfNeeded: payload.count),
            ]
        }
        let key = random.bytes(4)
        return bytes + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
    }

    /// What the rules make of the frames, as the sockets of a node ask for them.
    private static func actions(of packets: [ArraySlice<UInt8>]) -> [FrameRules.Action] {
        var reader = FrameReader(maxPayloadBytes: limits.maxMessageBytes)
        var rules = FrameRules(limits: limits)
        var scratch = ByteBuffer()
        var actions: [FrameRules.Action] = []
        for packet in packets {
            reader.feed(ByteBuffer(bytes: packet))
            reading: while true {
                let action: FrameRules.Action
                switch reader.next(in: &scratch) {
                case .frame(let frame): action = rules.receive(frame, now: .uptimeNanoseconds(0))
                case .broken(let reason): action = .fail(reason)
                case .more: break reading
                }
                guard action != .none else { continue }
                actions.append(action)
                switch action {
                case .fail, .peerClosed: return actions
                default: break
                }
            }
        }
        return actions
    }
}
