import NIOCore

/// Messages of a client that did not wait for its welcome.
struct Backlog {
    static let maxMessages = 256
    static let maxBytes = 1_048_576

    private(set) var messages: [ByteBuffer] = []
    private var bytes = 0

    /// False when there are too many.
    mutating func keep(_ message: ByteBuffer) -> Bool {
        messages.append(message)
        bytes += message.readableBytes
        return messages.count <= Self.maxMessages && bytes <= Self.maxBytes
    }
}
