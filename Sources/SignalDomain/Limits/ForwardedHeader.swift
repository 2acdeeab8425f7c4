/// The header in which proxies say where a request came from.
public enum ForwardedHeader: String, Hashable, Sendable, CaseIterable {
    /// `X-Forwarded-For: client, proxy`
    case xForwardedFor = "x-forwarded-for"
    /// `Forwarded: for=client;proto=https, for="[2001:db8::1]:4711"` (RFC 7239)
    case forwarded

    /// The hops of the header's lines, each as an address with or without port, or as text that is none: unknown and
    /// obfuscated hops, and a line that cannot be read, which is one such hop.
    public func hops(_ lines: [String]) -> [String] {
        switch self {
        case .xForwardedFor: lines
        case .forwarded: lines.flatMap { Self.nodes(in: $0) ?? [Self.unreadable] }
        }
    }

    private static let unreadable = "unknown"

    /// The `for` parameters of one line; an element without one is an unreadable hop. Nil for a line that breaks the
    /// grammar: then nothing in it is worth believing.
    private static func nodes(in line: String) -> [String]? {
        var reader = Reader(bytes: Array(line.utf8))
        var nodes: [String] = []
        repeat {
            guard let node = reader.element() else { return nil }
            nodes.append(node ?? unreadable)
        } while reader.take(UInt8(ascii: ","))
        return reader.isAtEnd ? nodes : nil
    }

    private struct Reader {
        let bytes: [UInt8]
        var at = 0

        var isAtEnd: Bool { at == bytes.count }

        /// Skips blanks, then the byte if it is next.
        mutating func take(_ byte: UInt8) -> Bool {
            skipBlanks()
            guard at < bytes.count, bytes[at] == byte else { return false }
            at += 1
            skipBlanks()
            return true
        }

        /// One `name=value;name=value`: its `for`, .some(nil) without one, nil when it is none.
        mutating func element() -> String?? {
            var node: String?
            skipBlanks()
            repeat {
                let name = token()
                guard !name.isEmpty, at < bytes.count, bytes[at] == UInt8(ascii: "=") else { return nil }
                at += 1
                guard let value = readValue() else { return nil }
                guard String(decoding: name, as: UTF8.self).lowercased() == "for" else { continue }
                guard node == nil else { return nil }
                node = String(validating: value, as: UTF8.self) ?? ForwardedHeader.unreadable
            } while take(UInt8(ascii: ";"))
            skipBlanks()
            return .some(node)
        }

        private mutating func readValue() -> [UInt8]? {
            guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
                let plain = token()
                return plain.isEmpty ? nil : Array(plain)
            }
            at += 1
            var value: [UInt8] = []
            while at < bytes.count {
                switch bytes[at] {
                case UInt8(ascii: "\""):
                    at += 1
                    return value
                case UInt8(ascii: "\\"):
                    guard at + 1 < bytes.count else { return nil }
                    value.append(bytes[at + 1])
                    at += 2
                default:
                    value.append(bytes[at])
                    at += 1
                }
            }
            return nil
        }

        /// A token (RFC 9110 §5.6.2); a colon is let through, for proxies that do not quote `for=192.0.2.1:80`.
        private mutating func token() -> ArraySlice<UInt8> {
            let start = at
            while at < bytes.count, Self.isTokenByte(bytes[at]) { at += 1 }
            return bytes[start..<at]
        }

        private mutating func skipBlanks() {
            while at < bytes.count, bytes[at] == UInt8(ascii: " ") || bytes[at] == UInt8(ascii: "\t") { at += 1 }
        }

        private static func isTokenByte(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "!#$%&'*+-.^_`|~:".utf8.contains(byte)
            }
        }
    }
}
