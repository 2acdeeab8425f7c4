import SignalDomain
import Synchronization

/// Whose tokens this node knows, and what its rooms are. Safe from any thread: what a reload changes sits behind one
/// `Mutex`.
final class AccessControl: Sendable {
    private struct Standing {
        var policy: RoomPolicy
        var keys: RoomTokenKeys?
    }

    /// What a token is, as far as that is known at once.
    enum Recognition: Sendable {
        case known(Identity)
        /// Neither the shared token nor an operator's, and there are no keys of room tokens.
        case unknown
        /// Possibly a room token of these keys.
        case signed(String, RoomTokenKeys)
    }

    let terms: RoomTokenKeys.Terms
    private let shared: TokenDigests
    private let operators: TokenDigests
    private let standing: Mutex<Standing>

    init(_ configuration: NodeConfiguration) {
        terms = configuration.tokenTerms
        shared = TokenDigests(hexadecimal: configuration.access.signalTokenSHA256)
        operators = TokenDigests(hexadecimal: configuration.tokens.adminTokenSHA256)
        standing = Mutex(Standing(policy: configuration.roomPolicy()))
    }

    var policy: RoomPolicy {
        get { standing.withLock { $0.policy } }
        set { standing.withLock { $0.policy = newValue } }
    }

    var keys: RoomTokenKeys? {
        get { standing.withLock { $0.keys } }
        set { standing.withLock { $0.keys = newValue } }
    }

    func recognize(_ credentials: Credentials) -> Recognition {
        guard let token = credentials.token else { return .known(.anonymous) }
        if operators.admit(token) { return .known(.operator) }
        if shared.admit(token) { return .known(.sharedToken) }
        if let keys { return .signed(token, keys) }
        // A node that knows no token never asked for one: clients that send theirs all the same are as good as others.
        return shared.isEmpty ? .known(.anonymous) : .unknown
    }
}
