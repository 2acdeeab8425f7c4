/// What the `type` member of a client's message means to the server.
public enum MessageType: Hashable, Sendable {
    case heartbeat
    case telemetry
    case ping
    case hello
    case ack
    case presence
    case auth
    case leave
    /// Free in dialect 1.
    case moderate
    /// A word that only the server may say.
    case reserved(ReservedType)
    /// Absent, not a string, or any other word: relayed as it is.
    case other

    /// Reads the value of a `type` member: a string as written, with its quotes.
    init(string: UnsafeBufferPointer<UInt8>) {
        let inside = UnsafeBufferPointer(rebasing: string.dropFirst().dropLast())
        guard inside.contains(UInt8(ascii: "\\")) else {
            self.init(word: inside)
            return
        }
        self = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: inside.count) { out in
            let count = JSONText.unescape(UnsafeRawBufferPointer(inside), into: out)
            return MessageType(word: UnsafeBufferPointer(rebasing: out[..<count]))
        }
    }

    private init(word: UnsafeBufferPointer<UInt8>) {
        guard word.count < Self.wordsByLength.count else {
            self = .other
            return
        }
        for candidate in Self.wordsByLength[word.count] where candidate.word.elementsEqual(word) {
            self = candidate.type
            return
        }
        self = .other
    }

    /// Every special word in the row of its length, so that a lookup compares two or three words at most.
    private static let wordsByLength: [[(word: [UInt8], type: MessageType)]] = {
        let own: [(String, MessageType)] = [
            ("heartbeat", .heartbeat), ("telemetry", .telemetry), ("ping", .ping), ("hello", .hello), ("ack", .ack),
            ("presence", .presence), ("auth", .auth), ("leave", .leave),
            ("moderate", .moderate),
        ]
        let all = own + ReservedType.allCases.map { ($0.rawValue, .reserved($0)) }
        let longest = all.map(\.0.utf8.count).max() ?? 0
        return (0...longest).map { length in
            all.filter { $0.0.utf8.count == length }.map { (Array($0.0.utf8), $0.1) }
        }
    }()
}

/// The types that a client may not relay: they would pass for the server's own.
public enum ReservedType: String, Hashable, Sendable, CaseIterable {
    case welcome
    case error
    case heartbeatAck = "heartbeat-ack"
    case peerJoined = "peer-joined"
    case peerLeft = "peer-left"
    case peerUpdated = "peer-updated"
    case nack
    case undeliverable
    case resync
    case members
    case goAway = "go-away"
    case iceServers = "ice-servers"
    case moderated
}
