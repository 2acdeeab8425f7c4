import Crypto

/// The digests of accepted tokens (`SIGNAL_TOKEN_SHA256`, `ADMIN_TOKEN_SHA256`): digests are compared, in constant time,
/// and every entry is tried.
struct TokenDigests: Sendable {
    private let digests: [[UInt8]]

    /// - Parameter digests: SHA-256 digests in hexadecimal; what is not one admits nobody.
    init(hexadecimal digests: [String]) {
        self.digests = digests.map { Array(hexadecimal: $0) ?? [] }
    }

    /// Whether no token is configured at all.
    var isEmpty: Bool { digests.isEmpty }

    func admit(_ token: String) -> Bool {
        let digest = SHA256.hash(data: Array(token.utf8))
        var isKnown = false
        for expected in digests where digest == expected { isKnown = true }
        return isKnown
    }
}
