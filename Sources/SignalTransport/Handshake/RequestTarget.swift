/// The target of a request line, taken apart (RFC 9112 §3.2): origin form, or absolute form without its authority.
package struct RequestTarget: Equatable {
    /// Begins with a slash and is not percent-decoded.
    package let path: String
    /// Behind the question mark; nil when there is none.
    package let query: String?

    /// Nil for any other form: authority (CONNECT), `*`, or text that is no target at all.
    package init?(_ text: String) {
        guard let local = Self.local(text) else { return nil }
        let target = local.utf8.prefix { $0 != UInt8(ascii: "#") }
        if let mark = target.firstIndex(of: UInt8(ascii: "?")) {
            path = String(Substring(target[..<mark]))
            query = String(Substring(target[target.index(after: mark)...]))
        } else {
            path = String(Substring(target))
            query = nil
        }
    }

    /// The target in origin form.
    package var originForm: String { query.map { "\(path)?\($0)" } ?? path }

    private static func local(_ text: String) -> Substring? {
        if text.utf8.first == UInt8(ascii: "/") { return text[...] }
        guard let scheme = ["http://", "https://", "ws://", "wss://"].first(where: { text.lowercased().hasPrefix($0) })
        else { return nil }
        let rest = text.dropFirst(scheme.count)
        guard let start = rest.firstIndex(where: { $0 == "/" || $0 == "?" || $0 == "#" }) else { return "/" }
        guard start > rest.startIndex else { return nil }
        return rest[start] == "/" ? rest[start...] : "/" + rest[start...]
    }
}
