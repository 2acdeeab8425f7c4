import NIOCore

/// Messages of a client that did not wait for its welcome.
struct Backlog {
    static let maxMessages = 256
    static let maxBytes = 1_048_576

    private(set) var messages: [ByteBuffer] = []
    private var bytes = 0

    /// Keeps a copy, for a message shares its memory with the reads of its socket. False when there are too many.
    mutating func keep(_ message: ByteBuffer) -> Bool {
        messages.append(ByteBufferAllocator().buffer(buffer: message))
        bytes += message.readableBytes
        return messages.count <= Self.maxMessages && bytes <= Self.maxBytes
    }
}
