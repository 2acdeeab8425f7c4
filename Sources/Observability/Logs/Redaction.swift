/// Keeps secrets out of the log, as the last line of defence: callers must not pass them in the first place.
enum Redaction {
    static let mask = "***"

    private static let words = ["token", "secret", "password", "authorization", "ticket", "credential"]

    /// Whether a value under this key is never written.
    static func covers(key: String) -> Bool {
        let key = key.lowercased()
        return words.contains { key.contains($0) }
    }

    /// `text` with the values of query members such as `token=…` masked.
    static func masked(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "=")) else { return text }
        var result = ""
        var rest = text[...]
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals].split(whereSeparator: Self.endsMember).last ?? ""
            result += rest[...equals]
            rest = rest[rest.index(after: equals)...]
            guard covers(key: String(name)) else { continue }
            result += mask
            rest = rest.drop { !Self.endsMember($0) }
        }
        return result + rest
    }

    private static func endsMember(_ character: Character) -> Bool {
        character.isWhitespace || "&?;,#\"'".contains(character)
    }
}
