/// What a client does after a close.
public enum ReconnectAdvice: String, Sendable, CaseIterable {
    case never
    case afterHint
    case atOnce
    case backOff
    case afterWindow
    case afterRepair

    /// The rule in words, for the documentation.
    public var sentence: String {
        switch self {
        case .never: "do not reconnect"
        case .afterHint: "reconnect after `retryAfterMs`, already jittered"
        case .atOnce: "reconnect and resume at once"
        case .backOff: "reconnect with growing pauses, 1 s or more"
        case .afterWindow: "reconnect after `windowMs`"
        case .afterRepair: "reconnect only after the cause is repaired: another request, name or token"
        }
    }
}
