/// Which namespaces or rooms are meant: one, all with the same beginning (`team-*`), or every one (`*`).
///
/// Names are compared byte by byte, as everywhere: two that merely look alike are different.
public enum NamePattern: Hashable, Sendable {
    case exact(String)
    case prefix(String)
    case any

    /// Reads a pattern; nil when it is empty or holds a `*` anywhere but at its end.
    public init?(_ text: String) {
        let stem = text.utf8.last == UInt8(ascii: "*") ? text.dropLast() : text[...]
        guard !text.isEmpty, !stem.utf8.contains(UInt8(ascii: "*")) else { return nil }
        if stem.utf8.count == text.utf8.count {
            self = .exact(text)
        } else {
            self = stem.isEmpty ? .any : .prefix(String(stem))
        }
    }

    public func matches(_ name: String) -> Bool {
        switch self {
        case .exact(let text): name.utf8.elementsEqual(text.utf8)
        case .prefix(let stem): name.utf8.starts(with: stem.utf8)
        case .any: true
        }
    }
}
