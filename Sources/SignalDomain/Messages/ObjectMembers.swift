/// One member of an object: its name after unescaping, and where its value stands.
public struct ObjectMember: Hashable, Sendable {
    public let name: String
    public let value: MemberValue
}

/// Walks over the members of one object in raw JSON text, for the few messages that the server reads itself.
///
/// The text has passed a scan; on text that has not, the walk ends early. The bytes must stay valid while it lasts.
public struct ObjectMembers: Sequence, IteratorProtocol {
    private var cursor: JSONCursor?

    /// - Parameter start: the index of the opening brace.
    public init(_ bytes: UnsafeRawBufferPointer, at start: Int) {
        guard 0..<bytes.count ~= start, bytes[start] == UInt8(ascii: "{") else { return }
        cursor = JSONCursor(bytes, limits: ScanLimits())
        cursor?.index = start + 1
        cursor?.skipWhitespace()
    }

    public mutating func next() -> ObjectMember? {
        guard var here = cursor else { return nil }
        cursor = nil
        guard let name = try? here.skipName() else { return nil }
        let start = here.index
        guard let kind = try? here.skipValue() else { return nil }
        let value = MemberValue(kind: kind, range: start..<here.index)
        let text = JSONText.unescape(UnsafeRawBufferPointer(here.bytes(name.range)))
        here.skipWhitespace()
        if here.passComma() { cursor = here }
        return ObjectMember(name: text, value: value)
    }
}
