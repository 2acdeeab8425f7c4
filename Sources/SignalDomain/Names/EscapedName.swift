/// The spelling of a name inside keys and channels: `[A-Za-z0-9_.-]` stay, every other byte is `%XX`.
///
/// After it neither `:` nor a brace can occur, so names cannot collide across the `::` of a room key and cannot move
/// the hash slot of a Redis key.
public enum EscapedName {
    public static func encode(_ name: String) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(name.utf8.count)
        for byte in name.utf8 {
            if isPlain(byte) {
                out.append(byte)
            } else {
                out.append(UInt8(ascii: "%"))
                out.append(HexDigit.upper(byte >> 4))
                out.append(HexDigit.upper(byte))
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The exact inverse of `encode`: nil for every text that `encode` does not write, so one name has one spelling.
    public static func decode(_ text: some StringProtocol) -> String? {
        if text.utf8.allSatisfy(isPlain) { return String(text) }
        var out: [UInt8] = []
        out.reserveCapacity(text.utf8.count)
        var bytes = text.utf8.makeIterator()
        while let byte = bytes.next() {
            if isPlain(byte) {
                out.append(byte)
                continue
            }
            guard byte == UInt8(ascii: "%"), let high = bytes.next(), let low = bytes.next(),
                let first = upperValue(high), let second = upperValue(low)
            else { return nil }
            let value = first << 4 | second
            guard !isPlain(value) else { return nil }
            out.append(value)
        }
        return String(validating: out, as: UTF8.self)
    }

    private static func upperValue(_ byte: UInt8) -> UInt8? {
        byte >= UInt8(ascii: "a") ? nil : HexDigit.value(byte)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
