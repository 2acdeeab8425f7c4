/// The message contract of one `/signal` socket, chosen at the handshake (protocol, "Choosing a dialect").
public enum Dialect: Int, Hashable, Sendable, CaseIterable {
    /// Broadcasts only, as the first browser-sync clients speak it; no subprotocol.
    case one = 1
    /// Presence, directed and confirmed signals, resume.
    case two = 2

    /// The WebSocket subprotocol that stands for this dialect (RFC 6455 §1.9), and that the server answers; nil = none.
    public var subprotocol: String? {
        switch self {
        case .one: nil
        case .two: "browser-sync.v2"
        }
    }

    /// Chooses from what a client offers in `Sec-WebSocket-Protocol`, one name an element, without spaces around it.
    ///
    /// Offers that nobody knows are passed over, the token pair `bs.bearer.…` among them, so a token is never echoed.
    public init(offered: some Sequence<some StringProtocol>) {
        self = offered.contains { $0 == "browser-sync.v2" } ? .two : .one
    }
}
