/// Reads a client's message once, over its raw bytes, and tells what it is and which of its members are forged.
///
/// The whole text is checked against RFC 8259; numbers, escapes and spacing stay what they are, because the message is
/// relayed byte for byte. Only a message with forged members allocates. The bytes are valid UTF-8 already: the frame
/// rules refuse others before they come here, and no index depends on it.
public enum MessageScanner {
    public static func scan(
        _ bytes: UnsafeRawBufferPointer, limits: ScanLimits = ScanLimits()
    ) throws(ScanError) -> ScannedMessage {
        guard var cursor = JSONCursor(bytes, limits: limits) else { throw .notJSON }
        cursor.skipWhitespace()
        let start = cursor.index
        guard cursor.peek == UInt8(ascii: "{") else { throw startsAnotherValue(cursor.peek) ? .notAnObject : .notJSON }
        guard limits.maxDepth >= 1 else { throw .tooDeep }
        cursor.index += 1

        var members = TopLevelMembers(serverOwnsSequence: limits.serverOwnsSequence)
        cursor.skipWhitespace()
        if cursor.peek != UInt8(ascii: "}") {
            repeat {
                guard members.count < limits.maxKeys else { throw .tooManyKeys }
                try members.scanOne(&cursor)
            } while cursor.passComma()
        }
        guard cursor.peek == UInt8(ascii: "}") else { throw .notJSON }
        let end = cursor.index
        cursor.index += 1
        cursor.skipWhitespace()
        guard cursor.isAtEnd else { throw .notJSON }
        return ScannedMessage(
            type: members.type, forged: members.forged, start: start, end: end, isEmpty: members.kept == 0,
            to: members.to, id: members.id, ownsSequence: members.ownsSequence, signalKind: members.signalKind)
    }

    private static func startsAnotherValue(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            true
        default: false
        }
    }
}
