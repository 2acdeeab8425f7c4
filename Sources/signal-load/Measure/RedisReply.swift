import NIOCore

/// The two RESP2 replies that `INFO` can have.
enum RedisReply: Equatable {
    case bulk(String)
    case error(String)
}

enum RedisReplyError: Error {
    case unexpected
}

extension ByteBuffer {
    /// Takes one reply (`$length\r\n…\r\n` or `-text\r\n`); nil while it is incomplete.
    mutating func readRedisReply() throws(RedisReplyError) -> RedisReply? {
        guard let kind = readableBytesView.first else { return nil }
        guard kind == UInt8(ascii: "$") || kind == UInt8(ascii: "-") else { throw .unexpected }
        guard let lineEnd = readableBytesView.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let line = String(decoding: readableBytesView[(readerIndex + 1)..<lineEnd], as: UTF8.self)
            .trimmingPrefix { $0 == " " }.prefix { $0 != "\r" && $0 != "\r\n" }
        let lineBytes = lineEnd + 1 - readerIndex
        if kind == UInt8(ascii: "-") {
            moveReaderIndex(forwardBy: lineBytes)
            return .error(String(line))
        }
        guard let length = Int(line), (0...1_048_576).contains(length) else { throw .unexpected }
        guard readableBytes >= lineBytes + length + 2 else { return nil }
        moveReaderIndex(forwardBy: lineBytes)
        let text = readString(length: length) ?? ""
        moveReaderIndex(forwardBy: 2)
        return .bulk(text)
    }
}
