import CHiredis
package import NIOCore

/// Turns received bytes into values with hiredis' incremental RESP parser.
///
/// Owns the C reader and frees it exactly once, when it is released itself. After the first error it yields nothing
/// more: a stream that broke the protocol has no next reply. Confined to one event loop, like the handler that owns it.
package final class ReplyReader {
    /// No status, error, integer or length line of an honest server is longer.
    static let maxLineBytes = 64 * 1024
    /// The shortest element of an array, an empty status line: `+\r\n`.
    private static let minElementBytes = 3

    private let reader: UnsafeMutablePointer<redisReader>
    /// hiredis keeps the address of its callback table, so the table lives as long as the reader.
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let builder: ReplyBuilder
    private let maxReplyBytes: Int
    /// Bytes fed since the last complete reply: what an unfinished reply may hold in memory.
    private var unfinishedBytes = 0
    private var failure: RedisError?

    /// - Parameter maxReplyBytes: A reply that is longer than this on the wire breaks the protocol.
    /// - Returns: nil when there is no memory for a reader.
    package init?(maxReplyBytes: Int) {
        functions = .allocate(capacity: 1)
        functions.initialize(to: ReplyBuilder.makeFunctions())
        guard let reader = redisReaderCreateWithFunctions(functions) else {
            functions.deallocate()
            return nil
        }
        self.reader = reader
        self.maxReplyBytes = maxReplyBytes
        builder = ReplyBuilder(maxElements: maxReplyBytes / Self.minElementBytes)
        // Keep the buffer between reads instead of allocating it anew.
        reader.pointee.maxbuf = 0
        reader.pointee.privdata = Unmanaged.passUnretained(builder).toOpaque()
    }

    deinit {
        redisReaderFree(reader)
        functions.deallocate()
    }

    package func feed(_ bytes: ByteBuffer) throws(RedisError) {
        if let failure { throw failure }
        unfinishedBytes += bytes.readableBytes
        let status = bytes.withUnsafeReadableBytes { raw in
            redisReaderFeed(reader, raw.baseAddress?.assumingMemoryBound(to: CChar.self), raw.count)
        }
        guard status == REDIS_OK else { throw fail(errorText) }
    }

    /// The next complete reply, or nil until more bytes came.
    package func next() throws(RedisError) -> RESPValue? {
        if let failure { throw failure }
        var object: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &object) == REDIS_OK else { throw fail(builder.refusal ?? errorText) }
        guard object != nil else {
            try checkUnfinished()
            return nil
        }
        guard let value = builder.take() else { throw fail("a reply type that RESP2 does not have") }
        unfinishedBytes = pendingCount
        return value
    }

    private var pendingCount: Int {
        Int(reader.pointee.len) - Int(reader.pointee.pos)
    }

    /// An unfinished reply stays below the limit, and a line must end somewhere (the parser would search it again from
    /// its start at every read).
    private func checkUnfinished() throws(RedisError) {
        guard unfinishedBytes <= maxReplyBytes else { throw fail("a reply exceeds \(maxReplyBytes) bytes") }
        guard pendingCount > Self.maxLineBytes, let buffer = reader.pointee.buf else { return }
        let pending = UnsafeRawBufferPointer(start: buffer + Int(reader.pointee.pos), count: pendingCount)
        guard pending.prefix(Self.maxLineBytes).contains(UInt8(ascii: "\n")) else { throw fail("a line without end") }
    }

    private func fail(_ text: String) -> RedisError {
        let error = RedisError.protocolViolation(text)
        failure = error
        return error
    }

    /// What hiredis says. It quotes at most one byte of the stream.
    private var errorText: String {
        withUnsafeBytes(of: reader.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
