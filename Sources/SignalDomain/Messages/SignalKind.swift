/// What a signal is for by the word in its `type` member, the only member of a signal that the server looks at for this;
/// for operators who ask why two peers did not connect.
public enum SignalKind: String, Hashable, Sendable, CaseIterable {
    case offer
    case answer
    /// An offer or an answer, which of them stands deeper in the message.
    case description
    case candidate
    /// Any other word, or none.
    case other

    /// Reads a string as it is written, with its quotes.
    init(string: UnsafeBufferPointer<UInt8>) {
        let word = UnsafeBufferPointer(rebasing: string.dropFirst().dropLast())
        self = Self.words.first { $0.word.elementsEqual(word) }?.kind ?? .other
    }

    /// That of a whole message, which is valid JSON. `type` mostly stands first: then nothing else is read.
    public init(message bytes: UnsafeRawBufferPointer) {
        self = .other
        guard let start = bytes.firstIndex(of: UInt8(ascii: "{")) else { return }
        for member in ObjectMembers(bytes, at: start) where member.name == "type" {
            guard member.value.kind == .string else { return }
            let text = UnsafeRawBufferPointer(rebasing: bytes[member.value.range])
            self = text.withMemoryRebound(to: UInt8.self) { SignalKind(string: $0) }
            return
        }
    }

    private static let words: [(word: [UInt8], kind: SignalKind)] = {
        let known: [(String, SignalKind)] = [
            ("offer", .offer), ("answer", .answer), ("description", .description), ("candidate", .candidate),
            ("ice-candidate", .candidate), ("sdp", .description),
        ]
        return known.map { (Array($0.0.utf8), $0.1) }
    }()
}
