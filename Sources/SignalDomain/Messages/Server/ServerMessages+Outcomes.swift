/// What became of a message, for its sender in dialect 2; `id` is JSON text as the sender wrote it, with its quotes.
extension ServerMessages {
    /// How far a signal has come.
    public enum AckLevel: String, Hashable, Sendable, CaseIterable {
        /// It waits for the receiver in the shared state; a final outcome follows.
        case stored
        /// The receiving client has confirmed it.
        case received
        /// It was handed to the socket of a dialect 1 peer, which cannot confirm.
        case written
    }

    /// Why the server has given a signal up.
    public enum NackCode: String, Hashable, Sendable, CaseIterable {
        /// No such peer is in the room.
        case notFound = "not_found"
        /// The receiver's inbox is full.
        case full
        /// The shared state is out of reach; whether the signal arrived is unknown.
        case degraded
        /// No answer came in time; whether the signal arrived is unknown.
        case timeout
    }

    public static func ack(id: String, to peer: PeerID, level: AckLevel) -> [UInt8] {
        var object = JSONObjectText()
        object.add("type", "ack")
        object.add("id", json: id)
        object.add("to", peer.text)
        object.add("level", level.rawValue)
        return object.closed
    }

    /// - Parameter id: nil for a signal without one.
    public static func nack(id: String?, to peer: PeerID, code: NackCode) -> [UInt8] {
        var object = JSONObjectText()
        object.add("type", "nack")
        if let id { object.add("id", json: id) }
        object.add("to", peer.text)
        object.add("code", code.rawValue)
        return object.closed
    }

    /// The `error` of dialect 2, which unlike that of dialect 1 names the message and says a sentence.
    ///
    /// - Parameters:
    ///   - id: of the message that had no effect, if it has one.
    ///   - message: what is wrong, where more is known than the code says.
    ///   - retryAfterMs: milliseconds until the sender may try again.
    public static func refusal(
        _ code: ErrorCode, id: String? = nil, message: String? = nil, retryAfterMs: Int64? = nil
    ) -> [UInt8] {
        var object = JSONObjectText()
        object.add("type", "error")
        object.add("code", code.rawValue)
        if let id { object.add("id", json: id) }
        object.add("message", message ?? code.sentence)
        if let retryAfterMs { object.add("retryAfterMs", retryAfterMs) }
        return object.closed
    }
}
