extension RedisURL {
    /// Parses the form that IANA registers for `redis` and `rediss`, without query parameters.
    ///
    /// User and password are percent-decoded; an IPv6 address stands in brackets. A password with `/`, `?`, `#` or `@`
    /// must encode these.
    public init(_ text: String) throws(RedisURLError) {
        guard let separator = text.firstRange(of: "://") else { throw .unsupportedScheme }
        switch text[..<separator.lowerBound].lowercased() {
        case "redis": isTLS = false
        case "rediss": isTLS = true
        default: throw .unsupportedScheme
        }
        let rest = text[separator.upperBound...]
        guard !rest.contains(where: { $0 == "?" || $0 == "#" }) else { throw .unsupportedParameters }

        let authority = rest.prefix { $0 != "/" }
        database = try Self.database(in: rest[authority.endIndex...].dropFirst())
        let login = authority.lastIndex(of: "@")
        (username, password) = try Self.login(in: login.map { authority[..<$0] } ?? "")
        (host, port) = try Self.hostAndPort(in: login.map { authority[authority.index(after: $0)...] } ?? authority)
    }

    private static func database(in path: Substring) throws(RedisURLError) -> Int {
        guard !path.isEmpty else { return 0 }
        guard let number = decimal(path), number <= Int(Int32.max) else { throw .invalidDatabase }
        return number
    }

    private static func login(in text: Substring) throws(RedisURLError) -> (String?, RedisPassword?) {
        let user = text.prefix { $0 != ":" }
        let secret = text[user.endIndex...].dropFirst()
        guard !secret.isEmpty else {
            guard user.isEmpty else { throw .userWithoutPassword }
            return (nil, nil)
        }
        let password = RedisPassword(try percentDecoded(secret))
        return (user.isEmpty ? nil : try percentDecoded(user), password)
    }

    private static func hostAndPort(in text: Substring) throws(RedisURLError) -> (String, Int) {
        let host: Substring
        let rest: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw .invalidHost }
            host = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
            guard host.contains(":"), host.utf8.allSatisfy(isAddressByte) else { throw .invalidHost }
        } else {
            host = text.prefix { $0 != ":" }
            rest = text[host.endIndex...]
            guard !host.isEmpty, host.utf8.allSatisfy(isNameByte) else { throw .invalidHost }
        }
        guard !rest.isEmpty else { return (String(host), defaultPort) }
        guard rest.hasPrefix(":"), let port = decimal(rest.dropFirst()), (1...65535).contains(port) else {
            throw .invalidPort
        }
        return (String(host), port)
    }

    /// A number of ASCII digits only; `Int.init` alone would also take a sign.
    private static func decimal(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        isNameByte(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "%")
    }

    private static func percentDecoded(_ text: Substring) throws(RedisURLError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                throw .invalidPercentEncoding
            }
            bytes.append(high << 4 | low)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else { throw .invalidPercentEncoding }
        return decoded
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}
