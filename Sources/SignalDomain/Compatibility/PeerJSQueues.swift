/// What became of a message that was handed to the cluster for one peer.
public enum PassOutcome: Hashable, Sendable {
    case delivered
    /// Nobody has this ID.
    case absent
    /// Nobody can say now.
    case unreachable
}

/// The messages of one PeerJS client that are on their way: to each receiver one after the other, so that they keep their
/// order, and those for a receiver that is not there wait for it.
///
/// A pure state machine: callers carry out the actions, and bring back what became of each message.
public struct PeerJSQueues: Sendable {
    /// How much may wait, and for how long.
    public struct Limits: Hashable, Sendable {
        public var messages = 256
        public var bytes = 1_048_576
        /// From the first failure to `EXPIRE`, in milliseconds.
        public var waitMs: Int64 = 5_000
        /// Between two looks whether the receiver has come, in milliseconds.
        public var retryMs: Int64 = 400

        public init() {}
    }

    /// What the caller has to do, in this order.
    public enum Action: Hashable, Sendable {
        /// Exactly one `answered` follows.
        case pass([UInt8], to: PeerID)
        /// Tells the sender that this receiver did not get everything.
        case expire(PeerID)
    }

    private struct Message {
        let text: [UInt8]
        let isVital: Bool
    }

    /// The messages for one receiver; never empty.
    private struct Line {
        var messages: [Message]
        /// The first of them is on its way.
        var isAsking = true
        var waitsSince: Int64?
        var retryAt: Int64 = 0
    }

    private var lines: [PeerID: Line] = [:]
    private var count = 0
    private var bytes = 0

    public init() {}

    /// Takes one more message.
    public mutating func submit(_ text: [UInt8], to peer: PeerID, isVital: Bool, limits: Limits) -> [Action] {
        guard count < limits.messages, bytes + text.count <= limits.bytes else { return isVital ? [.expire(peer)] : [] }
        count += 1
        bytes += text.count
        let message = Message(text: text, isVital: isVital)
        guard lines[peer] == nil else {
            lines[peer]?.messages.append(message)
            return []
        }
        lines[peer] = Line(messages: [message])
        return [.pass(text, to: peer)]
    }

    /// The first message for `peer` has its outcome. `now` is monotonic milliseconds.
    public mutating func answered(_ outcome: PassOutcome, by peer: PeerID, now: Int64, limits: Limits) -> [Action] {
        guard var line = lines[peer], line.isAsking else { return [] }
        line.isAsking = false
        switch outcome {
        case .delivered:
            drop(1, of: &line)
            line.waitsSince = nil
        case .absent: drop(line.messages.prefix { !$0.isVital }.count, of: &line)
        case .unreachable: break
        }
        guard let next = line.messages.first else {
            lines[peer] = nil
            return []
        }
        defer { lines[peer] = line }
        if outcome == .delivered {
            line.isAsking = true
            return [.pass(next.text, to: peer)]
        }
        line.waitsSince = line.waitsSince ?? now
        line.retryAt = now + limits.retryMs
        return []
    }

    /// Looks at the clock: who has come meanwhile, and who did not in time?
    public mutating func tick(now: Int64, limits: Limits) -> [Action] {
        guard !lines.isEmpty else { return [] }
        var actions: [Action] = []
        for (peer, waiting) in lines where !waiting.isAsking {
            guard let since = waiting.waitsSince, let first = waiting.messages.first else { continue }
            if now - since >= limits.waitMs {
                var line = waiting
                if line.messages.contains(where: \.isVital) { actions.append(.expire(peer)) }
                drop(line.messages.count, of: &line)
                lines[peer] = nil
            } else if now >= waiting.retryAt {
                lines[peer]?.isAsking = true
                actions.append(.pass(first.text, to: peer))
            }
        }
        return actions
    }

    private mutating func drop(_ number: Int, of line: inout Line) {
        count -= number
        bytes -= line.messages.prefix(number).reduce(0) { $0 + $1.text.count }
        line.messages.removeFirst(number)
    }
}
