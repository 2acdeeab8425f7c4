/// Addresses as text: RFC 4291 §2.2 in, RFC 5952 out.
enum AddressText {
    /// `[` + 45 characters + `%` + zone + `]:65535`, with some room for the zone.
    static let maxBytes = 80

    static func parse(_ text: ArraySlice<UInt8>) -> ClientAddress? {
        guard text.count <= maxBytes, let first = text.first else { return nil }
        if first == UInt8(ascii: "[") {
            guard let close = text.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let after = text[(close + 1)...]
            guard after.isEmpty || isPort(after) else { return nil }
            return ipv6(withoutZone(text[(text.startIndex + 1)..<close])).map(ClientAddress.init(ipv6:))
        }
        let colons = text.count { $0 == UInt8(ascii: ":") }
        if colons >= 2 { return ipv6(withoutZone(text)).map(ClientAddress.init(ipv6:)) }
        guard colons == 1, let colon = text.firstIndex(of: UInt8(ascii: ":")) else {
            return ipv4(text).map(ClientAddress.init(ipv4:))
        }
        guard isPort(text[colon...]) else { return nil }
        return ipv4(text[..<colon]).map(ClientAddress.init(ipv4:))
    }

    static func render(_ address: ClientAddress) -> String {
        switch address.family {
        case .ipv4: return [24, 16, 8, 0].map { String(address.bits >> $0 & 0xFF) }.joined(separator: ".")
        case .ipv6:
            let groups = (0..<8).map { UInt16(truncatingIfNeeded: address.bits >> UInt128(112 - 16 * $0)) }
            let hex = { (part: ArraySlice<UInt16>) in
                part.map { String($0, radix: 16) }.joined(separator: ":")
            }
            guard let zeros = longestZeros(groups) else { return hex(groups[...]) }
            return hex(groups[..<zeros.lowerBound]) + "::" + hex(groups[zeros.upperBound...])
        }
    }

    /// Four decimal numbers; a leading zero is refused because some readers take it for octal.
    private static func ipv4(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard let value = decimal(part, max: 255) else { return nil }
            address = address << 8 | UInt32(value)
        }
        return address
    }

    private static func ipv6(_ text: ArraySlice<UInt8>) -> UInt128? {
        guard let gap = gap(in: text) else {
            guard let groups = groups(text), groups.count == 8 else { return nil }
            return join(groups)
        }
        guard let left = groups(text[..<gap]), let right = groups(text[(gap + 2)...]), left.count + right.count <= 7,
            !endsInIPv4(text[..<gap])
        else { return nil }
        return join(left + Array(repeating: 0, count: 8 - left.count - right.count) + right)
    }

    /// The place of `::`; a second one leaves an empty group, which `groups` refuses.
    private static func gap(in text: ArraySlice<UInt8>) -> Int? {
        zip(text.indices, text.indices.dropFirst()).first {
            text[$0] == UInt8(ascii: ":") && text[$1] == UInt8(ascii: ":")
        }?.0
    }

    private static func endsInIPv4(_ text: ArraySlice<UInt8>) -> Bool { text.contains(UInt8(ascii: ".")) }

    private static func groups(_ text: ArraySlice<UInt8>) -> [UInt16]? {
        if text.isEmpty { return [] }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count <= 8 else { return nil }
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, endsInIPv4(part) {
                guard let tail = ipv4(part) else { return nil }
                groups += [UInt16(truncatingIfNeeded: tail >> 16), UInt16(truncatingIfNeeded: tail)]
            } else {
                guard let group = hexadecimal(part) else { return nil }
                groups.append(group)
            }
        }
        return groups
    }

    private static func join(_ groups: [UInt16]) -> UInt128 { groups.reduce(0) { $0 << 16 | UInt128($1) } }

    private static func hexadecimal(_ text: ArraySlice<UInt8>) -> UInt16? {
        guard 1...4 ~= text.count else { return nil }
        var value: UInt16 = 0
        for byte in text {
            guard let digit = HexDigit.value(byte) else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    /// A decimal number without sign and leading zero.
    static func decimal(_ text: ArraySlice<UInt8>, max: Int) -> Int? {
        guard 1...5 ~= text.count, text.count == 1 || text.first != UInt8(ascii: "0") else { return nil }
        var value = 0
        for byte in text {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value <= max ? value : nil
    }

    private static func isPort(_ text: ArraySlice<UInt8>) -> Bool {
        text.first == UInt8(ascii: ":") && decimal(text.dropFirst(), max: 65_535) != nil
    }

    private static func withoutZone(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        text.firstIndex(of: UInt8(ascii: "%")).map { text[..<$0] } ?? text
    }

    /// The first of the longest runs of two or more zero groups.
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        for index in 0...groups.count where index == groups.count || groups[index] != 0 {
            if index - start >= max(2, (best?.count ?? 1) + 1) { best = start..<index }
            start = index + 1
        }
        return best
    }
}
