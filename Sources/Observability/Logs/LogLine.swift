import Logging

/// One line while it is written: a JSON object in which every key appears once.
struct LogLine {
    private var json = JSONText()
    private var keys: Set<String> = []

    /// The deepest nesting of metadata; what lies below is shown as an ellipsis.
    private static let maxDepth = 8
    /// The most items of one array or dictionary.
    private static let maxItems = 64

    /// Adds a member; a key that is taken gets the prefix `field.`, so that metadata cannot pose as `level` or `node`.
    mutating func member(_ key: String, _ value: Logger.MetadataValue) {
        var name = key
        while !keys.insert(name).inserted { name = "field." + name }
        json.raw(json.bytes.isEmpty ? "{" : ",")
        json.string(name, limit: JSONText.maxKeyBytes)
        json.raw(":")
        append(value, key: key, depth: 1)
    }

    /// The line with its LF.
    func finished() -> [UInt8] {
        var line = json
        line.raw("}\n")
        return line.bytes
    }

    private mutating func append(_ value: Logger.MetadataValue, key: String, depth: Int) {
        guard !Redaction.covers(key: key) else { return json.string(Redaction.mask) }
        guard depth <= Self.maxDepth else { return json.string("…") }
        switch value {
        case .string(let text): json.string(Redaction.masked(text))
        case .stringConvertible(let number as any FixedWidthInteger): json.literal(String(number))
        case .stringConvertible(let flag as Bool): json.literal(flag ? "true" : "false")
        case .stringConvertible(let number as Double) where number.isFinite: json.literal("\(number)")
        case .stringConvertible(let other): json.string(Redaction.masked(other.description))
        case .array(let items):
            json.raw("[")
            for (index, item) in items.prefix(Self.maxItems).enumerated() {
                if index > 0 { json.raw(",") }
                append(item, key: "", depth: depth + 1)
            }
            json.raw("]")
        case .dictionary(let members):
            json.raw("{")
            for (index, member) in members.sorted(by: { $0.key < $1.key }).prefix(Self.maxItems).enumerated() {
                if index > 0 { json.raw(",") }
                json.string(member.key, limit: JSONText.maxKeyBytes)
                json.raw(":")
                append(member.value, key: member.key, depth: depth + 1)
            }
            json.raw("}")
        }
    }
}
