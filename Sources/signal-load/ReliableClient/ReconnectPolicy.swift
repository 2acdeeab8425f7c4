import SignalDomain

/// How a connection ended, or that it never was.
enum ConnectionEnd: Equatable, Sendable {
    /// The server's close frame.
    case closed(code: UInt16, reason: String)
    /// The socket ended without a close frame, or nothing was heard for too long.
    case lost
    /// The server answered the handshake with another status than 101.
    case refused(String)
    /// Nobody accepted the connection.
    case unreachable
    /// The client itself closed the socket and wants a new one.
    case moving
}

/// When a client dials again: the rules of the close codes, and growing pauses where nothing else is said.
struct ReconnectPolicy {
    /// The pause grows from here, doubling.
    static let firstBackoffMs = 100
    static let longestBackoffMs = 2_000
    /// The shortest pause after a server that is overloaded.
    static let overloadedMs = 1_000

    private var failures = 0

    /// A `welcome` came: pauses begin small again.
    mutating func succeeded() { failures = 0 }

    /// Milliseconds until the next attempt; nil means never.
    ///
    /// - Parameters:
    ///   - hintMs: `retryAfterMs` of a `go-away`, if one came on this connection.
    ///   - windowMs: how long a session is kept, from the last `welcome`.
    mutating func pauseMs(
        after end: ConnectionEnd, hintMs: Int?, windowMs: Int, using random: inout some RandomNumberGenerator
    ) -> Int? {
        switch end {
        case .moving: return 0
        case .lost: return failures == 0 ? atOnce(&random) : backoff(atLeast: 0, &random)
        case .refused, .unreachable: return backoff(atLeast: 0, &random)
        case .closed(let code, let reason):
            switch ReconnectAdvice(code: code, reason: reason) {
            case .never, .afterRepair: return nil
            case .atOnce: return failures == 0 ? atOnce(&random) : backoff(atLeast: 0, &random)
            case .afterHint: return hintMs ?? backoff(atLeast: 0, &random)
            case .afterWindow: return windowMs
            case .backOff: return backoff(atLeast: Self.overloadedMs, &random)
            }
        }
    }

    private mutating func atOnce(_ random: inout some RandomNumberGenerator) -> Int {
        failures = 1
        return .random(in: 0...Self.firstBackoffMs, using: &random)
    }

    /// Between half of the pause and all of it.
    private mutating func backoff(atLeast least: Int, _ random: inout some RandomNumberGenerator) -> Int {
        let pause = min(Self.longestBackoffMs, max(least, Self.firstBackoffMs << min(failures, 10)))
        failures += 1
        return max(least, .random(in: pause / 2...pause, using: &random))
    }
}

extension ReconnectAdvice {
    /// The advice of a close frame: by its machine word, else by its code; an unknown code is like a lost connection.
    init(code: UInt16, reason: String) {
        let table = CloseReason.allCases.filter { $0.code == code }
        self = (table.first { $0.word == reason } ?? table.first)?.advice ?? .atOnce
    }
}
