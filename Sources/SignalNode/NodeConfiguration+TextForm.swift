import SignalDomain

extension NodeConfiguration {
    /// The shapes of the texts in a configuration, as yes or no questions.
    enum TextForm {
        /// A name that is safe in a URL, a log label and a Redis key.
        static func isNodeName(_ text: String) -> Bool {
            (1...128).contains(text.utf8.count)
                && text.utf8.allSatisfy {
                    isAlphanumeric($0) || [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains($0)
                }
        }

        static func isSHA256Hex(_ text: String) -> Bool {
            text.utf8.count == 64 && text.utf8.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
        }

        static func isCIDR(_ text: String) -> Bool { CIDR(text) != nil }

        /// A serialized origin (RFC 6454 §6.2): scheme, host and optional port, nothing behind; or `null`.
        static func isOrigin(_ text: String) -> Bool {
            guard text != "null" else { return true }
            guard let scheme = text.firstRange(of: "://") else { return false }
            let authority = text[scheme.upperBound...]
            return scheme.lowerBound != text.startIndex && !authority.isEmpty
                && !authority.contains { "/?#@ ".contains($0) }
        }

        /// An absolute address with one of the schemes and a host.
        static func isURL(_ text: String, schemes: [String]) -> Bool {
            guard let separator = text.firstRange(of: "://") else { return false }
            let rest = text[separator.upperBound...]
            return schemes.contains(String(text[..<separator.lowerBound])) && !rest.isEmpty && !rest.hasPrefix("/")
                && !text.contains { $0.isWhitespace }
        }

        static func isRedisURL(_ text: String) -> Bool {
            isURL(text, schemes: ["redis", "rediss", "sentinel", "sentinels"])
        }

        /// The name of a shard, which is hashed and stands in logs, metrics and invite codes.
        static func isShardName(_ text: String) -> Bool {
            (1...32).contains(text.utf8.count)
                && text.utf8.allSatisfy {
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
                }
        }

        static func trimmed(_ text: Substring) -> String {
            String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        }

        private static func isAlphanumeric(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
    }
}
