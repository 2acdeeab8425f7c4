/// What a peer says about itself to its room: one JSON object, kept and passed on as the client wrote it.
public enum PresenceMetadata {
    /// Bytes of metadata in an ordinary room.
    public static let defaultMaxBytes = 2_048

    /// Why metadata is refused.
    public enum Fault: Error, Hashable, Sendable {
        case notAnObject
        case tooLarge(maxBytes: Int)
        case notInteroperable

        /// What is wrong, in one sentence.
        public var sentence: String {
            switch self {
            case .notAnObject: "metadata is not a JSON object."
            case .tooLarge(let maxBytes): "metadata is longer than \(maxBytes) bytes."
            case .notInteroperable: "metadata holds a lone surrogate or a number that is too large."
            }
        }
    }

    /// Reads a `metadata` member.
    ///
    /// - Parameter maxBytes: of the object as written, with its braces.
    /// - Returns: the raw text of the object; an object without members is the empty text.
    static func read(_ value: MemberValue, in bytes: UnsafeRawBufferPointer, maxBytes: Int) throws(Fault) -> String {
        guard value.kind == .object, value.range.upperBound <= bytes.count else { throw .notAnObject }
        guard value.range.count <= maxBytes else { throw .tooLarge(maxBytes: maxBytes) }
        let text = UnsafeRawBufferPointer(rebasing: bytes[value.range])
        guard InteroperableJSON.accepts(text) else { throw .notInteroperable }
        let isEmpty = text.dropFirst().dropLast().allSatisfy { [0x20, 0x0A, 0x0D, 0x09].contains($0) }
        return isEmpty ? "" : String(decoding: text, as: UTF8.self)
    }
}
