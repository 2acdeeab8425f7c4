import SignalDomain

/// The slow and obvious twin of the scanner: a recursive parser over an array that keeps every member's text.
struct ReferenceParser {
    struct Member: Equatable {
        var rawName: [UInt8]
        var name: [UInt16]
        var rawValue: [UInt8]
        var valueRange: Range<Int>
        var kind: MemberValue.Kind
    }

    let bytes: [UInt8]
    let limits: ScanLimits
    var at = 0

    init(_ bytes: [UInt8], limits: ScanLimits = ScanLimits()) {
        self.bytes = bytes
        self.limits = limits
    }

    /// The members of the top-level object in order, or the first fault in reading order.
    mutating func message() throws(ScanError) -> [Member] {
        space()
        guard let first = here else { throw .notJSON }
        if "[\"-0123456789tfn".utf8.contains(first) { throw .notAnObject }
        guard first == UInt8(ascii: "{") else { throw .notJSON }
        let members = try object(depth: 1)
        space()
        guard here == nil else { throw .notJSON }
        return members
    }

    static func units(_ text: String) -> [UInt16] { Array(text.utf16) }

    private static let plainEscapes: [UInt8: UInt16] = [
        UInt8(ascii: "\""): 34, UInt8(ascii: "\\"): 92, UInt8(ascii: "/"): 47, UInt8(ascii: "b"): 8,
        UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
    ]

    /// The names that a message may hold only once.
    private static let single = ["type", "to", "id"].map(units)

    private var here: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func space() {
        while at < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[at]) { at += 1 }
    }

    private mutating func expect(_ text: String) throws(ScanError) {
        for byte in text.utf8 {
            guard here == byte else { throw .notJSON }
            at += 1
        }
    }

    private mutating func object(depth: Int) throws(ScanError) -> [Member] {
        guard depth <= limits.maxDepth else { throw .tooDeep }
        try expect("{")
        var members: [Member] = []
        space()
        if here == UInt8(ascii: "}") {
            at += 1
            return members
        }
        while true {
            guard members.count < limits.maxKeys else { throw .tooManyKeys }
            let nameStart = at
            let name = try string()
            let rawName = Array(bytes[nameStart..<at])
            guard rawName.count - 2 <= limits.maxKeyBytes else { throw .keyTooLong }
            space()
            try expect(":")
            space()
            let valueStart = at
            let kind = try value(depth: depth + 1)
            let member = Member(
                rawName: rawName, name: name, rawValue: Array(bytes[valueStart..<at]), valueRange: valueStart..<at,
                kind: kind)
            space()
            if depth == 1, Self.single.contains(name),
                members.contains(where: { $0.name == name })
            {
                throw .repeatedMember
            }
            members.append(member)
            if here == UInt8(ascii: ",") {
                at += 1
                space()
            } else {
                try expect("}")
                return members
            }
        }
    }

    private mutating func array(depth: Int) throws(ScanError) {
        guard depth <= limits.maxDepth else { throw .tooDeep }
        try expect("[")
        space()
        if here == UInt8(ascii: "]") {
            at += 1
            return
        }
        while true {
            _ = try value(depth: depth + 1)
            space()
            if here == UInt8(ascii: ",") {
                at += 1
                space()
            } else {
                try expect("]")
                return
            }
        }
    }

    private mutating func value(depth: Int) throws(ScanError) -> MemberValue.Kind {
        switch here.map({ Character(Unicode.Scalar($0)) }) {
        case "{":
            _ = try object(depth: depth)
            return .object
        case "[":
            try array(depth: depth)
            return .array
        case "\"":
            _ = try string()
            return .string
        case "t": try expect("true")
        case "f": try expect("false")
        case "n": try expect("null")
        default:
            try number()
            return .number
        }
        return .other
    }

    private mutating func number() throws(ScanError) {
        if here == UInt8(ascii: "-") { at += 1 }
        if here == UInt8(ascii: "0") { at += 1 } else { try digits() }
        if here == UInt8(ascii: ".") {
            at += 1
            try digits()
        }
        if here == UInt8(ascii: "e") || here == UInt8(ascii: "E") {
            at += 1
            if here == UInt8(ascii: "+") || here == UInt8(ascii: "-") { at += 1 }
            try digits()
        }
    }

    private mutating func digits() throws(ScanError) {
        guard let first = here, "0123456789".utf8.contains(first) else { throw .notJSON }
        while let byte = here, "0123456789".utf8.contains(byte) { at += 1 }
    }

    /// UTF-16 code units after unescaping, so that lone surrogates compare like everything else.
    private mutating func string() throws(ScanError) -> [UInt16] {
        try expect("\"")
        var units: [UInt16] = []
        var plain: [UInt8] = []
        while let byte = here {
            at += 1
            if byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\"") {
                units += String(decoding: plain, as: UTF8.self).utf16
                plain = []
            }
            if byte == UInt8(ascii: "\"") { return units }
            guard byte >= 0x20 else { throw .notJSON }
            if byte == UInt8(ascii: "\\") { units.append(try escape()) } else { plain.append(byte) }
        }
        throw .notJSON
    }

    private mutating func escape() throws(ScanError) -> UInt16 {
        guard let byte = here else { throw .notJSON }
        at += 1
        if let unit = Self.plainEscapes[byte] { return unit }
        guard byte == UInt8(ascii: "u"), at + 4 <= bytes.count else { throw .notJSON }
        let digits = bytes[at..<at + 4]
        guard digits.allSatisfy({ "0123456789abcdefABCDEF".utf8.contains($0) }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw .notJSON }
        at += 4
        return unit
    }
}
