public import NIOCore

/// One argument of a command. Redis sees bytes only; integers are sent in decimal.
public enum RedisArgument: Sendable, Equatable {
    case bytes(ByteBuffer)
    case string(String)
    case integer(Int64)

    /// An upper bound for integers (`Int64.min` has 20 bytes), exact for the others.
    var byteCount: Int {
        switch self {
        case .bytes(let buffer): buffer.readableBytes
        case .string(let text): text.utf8.count
        case .integer: 20
        }
    }
}

extension RedisArgument: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    public init(stringLiteral value: String) {
        self = .string(value)
    }

    public init(integerLiteral value: Int64) {
        self = .integer(value)
    }
}
