import NIOCore

/// What a subscribed connection has been told: which channels are confirmed, and what each value means.
///
/// A pure value. RESP2 has no push type, so every value is recognised by its shape; one that has no such shape ends the
/// connection.
struct SubscriptionState {
    enum Event: Equatable {
        case nothing
        /// The last of the channels is confirmed.
        case confirmed
        case message(channel: String, payload: ByteBuffer)
        case broken(RedisError)
    }

    private static let message = ByteBuffer(string: "message")
    private static let subscribe = ByteBuffer(string: "subscribe")
    private static let pong = ByteBuffer(string: "pong")

    private var missing: Set<String>

    init(channels: Set<String>) {
        missing = channels
    }

    var isConfirmed: Bool { missing.isEmpty }

    mutating func receive(_ value: RESPValue) -> Event {
        switch value {
        case .array(let elements): return receive(elements)
        // The answer to PING while there is no channel.
        case .simple("PONG"): return .nothing
        case .error(let error): return .broken(.server(error))
        default: return .broken(.protocolViolation("not a message of a subscription"))
        }
    }

    private mutating func receive(_ elements: [RESPValue]) -> Event {
        switch elements.first {
        case .bulk(Self.message):
            guard elements.count == 3, let channel = elements[1].string, let payload = elements[2].bytes else { break }
            return .message(channel: channel, payload: payload)
        case .bulk(Self.pong):
            return .nothing
        case .bulk(Self.subscribe):
            guard elements.count == 3, let channel = elements[1].string, missing.remove(channel) != nil else { break }
            return missing.isEmpty ? .confirmed : .nothing
        default: break
        }
        return .broken(.protocolViolation("not a message of a subscription"))
    }
}
