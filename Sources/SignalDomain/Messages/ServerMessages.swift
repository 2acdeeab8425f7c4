/// The messages that a node itself says to a client, as JSON text; those of this file are the ones of dialect 1.
public enum ServerMessages {
    /// The first message of every session.
    public static func welcome(peer: PeerID, room: RoomKey, now: Timestamp) -> [UInt8] {
        var out = Array("{\"type\":\"welcome\",\"peerId\":".utf8)
        JSONText.append(peer.text, to: &out)
        out += Array(",\"namespace\":".utf8)
        JSONText.append(room.namespace, to: &out)
        out += Array(",\"room\":".utf8)
        JSONText.append(room.room, to: &out)
        out += Array(",\"now\":\"\(now.iso8601)\"}".utf8)
        return out
    }

    /// The answer to `heartbeat`.
    public static func heartbeatAck(now: Timestamp) -> [UInt8] {
        Array("{\"type\":\"heartbeat-ack\",\"now\":\"\(now.iso8601)\"}".utf8)
    }

    /// The answer to `ping`.
    public static let pong = Array("{\"type\":\"pong\"}".utf8)

    /// Says why a message went nowhere.
    ///
    /// - Parameters:
    ///   - message: one sentence for people; absent in dialect 1, whose clients know the bare code.
    ///   - retryAfterMs: milliseconds until the sender may try again.
    public static func error(_ code: ErrorCode, message: String? = nil, retryAfterMs: Int64? = nil) -> [UInt8] {
        var out = Array("{\"type\":\"error\",\"code\":\"\(code.rawValue)\"".utf8)
        if let message {
            out += Array(",\"message\":".utf8)
            JSONText.append(message, to: &out)
        }
        if let retryAfterMs { out += Array(",\"retryAfterMs\":\(retryAfterMs)".utf8) }
        out.append(UInt8(ascii: "}"))
        return out
    }
}
