/// What a scan has found so far among the top-level members of one message.
struct TopLevelMembers {
    private(set) var type = MessageType.other
    private(set) var signalKind = SignalKind.other
    private(set) var forged: [Range<Int>] = []
    private(set) var to: MemberValue?
    private(set) var id: MemberValue?
    private(set) var count = 0
    /// Members that stay after the cuts.
    private(set) var kept = 0
    private var hasType = false
    /// Index of the comma before the next member.
    private var comma = 0
    /// Whether members stay that would pass for the server's own in dialect 2.
    private(set) var ownsSequence = false
    private let serverOwnsSequence: Bool

    init(serverOwnsSequence: Bool) {
        self.serverOwnsSequence = serverOwnsSequence
    }

    /// Passes one member, its name first; the cursor then stands at the comma or brace behind it.
    @inline(__always)
    mutating func scanOne(_ cursor: inout JSONCursor) throws(ScanError) {
        let start = cursor.index
        let name = try cursor.skipName()
        let valueStart = cursor.index
        let kind = try cursor.skipValue()
        let value = MemberValue(kind: kind, range: valueStart..<cursor.index)
        cursor.skipWhitespace()
        count += 1

        let meaning = MemberName(cursor.bytes(name.range), isEscaped: name.isEscaped)
        if meaning == .serverOwned || (meaning == .sequence && serverOwnsSequence) {
            forge(from: start, to: value.range.upperBound, before: cursor)
        } else {
            kept += 1
            try keep(meaning, value, in: cursor)
        }
        comma = cursor.index
    }

    private mutating func keep(_ name: MemberName, _ value: MemberValue, in cursor: JSONCursor) throws(ScanError) {
        switch name {
        case .type:
            guard !hasType else { throw .repeatedMember }
            hasType = true
            guard value.kind == .string else { break }
            let word = cursor.bytes(value.range)
            type = MessageType(string: word)
            if type == .other { signalKind = SignalKind(string: word) }
        case .to:
            guard to == nil else { throw .repeatedMember }
            to = value
        case .id:
            guard id == nil else { throw .repeatedMember }
            id = value
        case .sequence: ownsSequence = true
        case .serverOwned, .other: break
        }
    }

    /// Cuts a member with the comma before it; with the comma behind it while nothing before it stays.
    private mutating func forge(from start: Int, to end: Int, before cursor: JSONCursor) {
        let hasCommaBehind = cursor.peek == UInt8(ascii: ",")
        let cut =
            if kept > 0 { comma..<end } else if hasCommaBehind { start..<cursor.index + 1 } else { start..<end }
        if let last = forged.last, last.upperBound == cut.lowerBound {
            forged[forged.count - 1] = last.lowerBound..<cut.upperBound
        } else {
            forged.append(cut)
        }
    }
}

extension JSONCursor {
    /// Steps over a comma and the whitespace behind it; false, and no step, at anything else.
    @inline(__always)
    mutating func passComma() -> Bool {
        guard peek == UInt8(ascii: ",") else { return false }
        index += 1
        skipWhitespace()
        return true
    }
}
