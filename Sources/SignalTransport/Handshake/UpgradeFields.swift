import NIOHTTP1

/// The header fields that a WebSocket handshake is made of (RFC 6455 §4.2.1), taken out in one walk over the head.
///
/// Names and the words `websocket` and `upgrade` count in any case. Lists are cut at their commas, over all lines of
/// a name; elements without a letter are none (RFC 9110 §5.6.1).
struct UpgradeFields {
    /// Whether the client asks for a WebSocket.
    private(set) var asksForWebSocket = false
    /// Whether the request says that its connection is to change.
    private(set) var asksForUpgrade = false
    private(set) var versions: [Substring] = []
    private(set) var keys: [Substring] = []
    /// The values of all lines.
    private(set) var hosts: [String] = []
    private(set) var offers: [Substring] = []
    private(set) var authorization: String?
    private(set) var origin: String?
    /// Whether something follows the head.
    private(set) var hasBody = false

    init(_ headers: HTTPHeaders) {
        for (name, value) in headers { take(name, value) }
    }

    private mutating func take(_ name: String, _ value: String) {
        // The length first: most fields are none of ours.
        switch name.utf8.count {
        case 4 where name.isWord("host"): hosts.append(value)
        case 6 where name.isWord("origin"): origin = origin ?? value
        case 7 where name.isWord("upgrade"):
            if Self.elements(of: value).contains(where: { $0.isWord("websocket") }) { asksForWebSocket = true }
        case 10 where name.isWord("connection"):
            if Self.elements(of: value).contains(where: { $0.isWord("upgrade") }) { asksForUpgrade = true }
        case 13 where name.isWord("authorization"): authorization = authorization ?? value
        case 14 where name.isWord("content-length"): if value != "0" { hasBody = true }
        case 17 where name.isWord("transfer-encoding"): hasBody = true
        case 17 where name.isWord("sec-websocket-key"): keys += Self.elements(of: value)
        case 21 where name.isWord("sec-websocket-version"): versions += Self.elements(of: value)
        case 22 where name.isWord("sec-websocket-protocol"): offers += Self.elements(of: value)
        default: break
        }
    }

    /// The elements of a list, without the blanks around them.
    private static func elements(of value: String) -> [Substring] {
        value.utf8.split(separator: UInt8(ascii: ",")).compactMap { element in
            guard let first = element.firstIndex(where: { !$0.isBlank }),
                let last = element.lastIndex(where: { !$0.isBlank })
            else { return nil }
            return Substring(element[first...last])
        }
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}

extension StringProtocol {
    /// Whether this is `word`, which is in lower case, in any case.
    fileprivate func isWord(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            utf8.elementsEqual(word) { byte, letter in
                byte == letter || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) && byte | 0x20 == letter
            }
        }
    }
}
