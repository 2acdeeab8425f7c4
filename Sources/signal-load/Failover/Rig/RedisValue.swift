import NIOCore

/// A RESP2 reply.
enum RedisValue: Equatable, Sendable {
    case text(String)
    case integer(Int)
    case error(String)
    case null
    indirect case array([RedisValue])

    var string: String? { if case .text(let text) = self { text } else { nil } }
    var elements: [RedisValue] { if case .array(let elements) = self { elements } else { [] } }
}

extension ByteBuffer {
    /// Takes one reply; nil, and nothing taken, while it is incomplete.
    mutating func readRedisValue() throws(RedisReplyError) -> RedisValue? {
        let start = readerIndex
        let value = try readValue(depth: 0)
        if value == nil { moveReaderIndex(to: start) }
        return value
    }

    private mutating func readValue(depth: Int) throws(RedisReplyError) -> RedisValue? {
        guard depth < 8 else { throw .unexpected }
        guard let line = readRedisLine(), let kind = line.first else { return nil }
        let body = line.dropFirst()
        switch kind {
        case "+": return .text(String(body))
        case "-": return .error(String(body))
        case ":":
            guard let number = Int(body) else { throw .unexpected }
            return .integer(number)
        case "$":
            guard let length = Int(body), length <= 64 << 20 else { throw .unexpected }
            guard length >= 0 else { return .null }
            guard readableBytes >= length + 2, let text = readString(length: length) else { return nil }
            moveReaderIndex(forwardBy: 2)
            return .text(text)
        case "*":
            guard let count = Int(body), count <= 1 << 20 else { throw .unexpected }
            guard count >= 0 else { return .null }
            var elements: [RedisValue] = []
            for _ in 0..<count {
                guard let element = try readValue(depth: depth + 1) else { return nil }
                elements.append(element)
            }
            return .array(elements)
        default: throw .unexpected
        }
    }

    /// The next line without its CRLF.
    private mutating func readRedisLine() -> String? {
        guard let end = readableBytesView.firstIndex(of: UInt8(ascii: "\n")), end > readerIndex else { return nil }
        let line = readString(length: end - 1 - readerIndex)
        moveReaderIndex(to: end + 1)
        return line
    }
}
