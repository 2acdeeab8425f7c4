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
        let (login, place) = Self.loginAndPlace(in: authority)
        (username, password) = try Self.login(in: login)
        let endpoint = try RedisEndpoint(place, defaultPort: Self.defaultPort)
        (host, port) = (endpoint.host, endpoint.port)
    }

    /// Cuts `user:password@host` at its last `@`.
    static func loginAndPlace(in authority: Substring) -> (login: Substring, place: Substring) {
        guard let at = authority.lastIndex(of: "@") else { return ("", authority) }
        return (authority[..<at], authority[authority.index(after: at)...])
    }

    private static func database(in path: Substring) throws(RedisURLError) -> Int {
        guard !path.isEmpty else { return 0 }
        guard let number = RedisEndpoint.decimal(path), number <= Int(Int32.max) else { throw .invalidDatabase }
        return number
    }

    static func login(in text: Substring) throws(RedisURLError) -> (String?, RedisPassword?) {
        let user = text.prefix { $0 != ":" }
        let secret = text[user.endIndex...].dropFirst()
        guard !secret.isEmpty else {
            guard user.isEmpty else { throw .userWithoutPassword }
            return (nil, nil)
        }
        let password = RedisPassword(try percentDecoded(secret))
        return (user.isEmpty ? nil : try percentDecoded(user), password)
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
