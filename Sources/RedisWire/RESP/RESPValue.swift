public import NIOCore

/// One value of the Redis serialization protocol, version 2 (RESP2).
///
/// A value is immutable and owns its bytes; it may cross threads.
public enum RESPValue: Equatable, Sendable {
    /// The null bulk string or the null array: "there is none".
    case null
    case integer(Int64)
    /// A status line such as `OK`; bytes that are not UTF-8 are repaired.
    case simple(String)
    case bulk(ByteBuffer)
    case array([RESPValue])
    case error(RedisServerError)
}

extension RESPValue {
    /// The text of a status line or of a bulk string that is valid UTF-8.
    public var string: String? {
        switch self {
        case .simple(let text): text
        case .bulk(let bytes): String(validating: bytes.readableBytesView, as: UTF8.self)
        case .null, .integer, .array, .error: nil
        }
    }

    /// The number of an integer reply, or of a bulk string that is one in decimal.
    public var int: Int64? {
        switch self {
        case .integer(let number): number
        case .bulk, .simple: string.flatMap { Int64($0) }
        case .null, .array, .error: nil
        }
    }

    public var array: [RESPValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The bytes of a bulk string.
    public var bytes: ByteBuffer? {
        if case .bulk(let bytes) = self { bytes } else { nil }
    }
}
