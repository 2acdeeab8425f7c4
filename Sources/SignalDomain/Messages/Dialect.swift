/// The message contract of one socket, chosen at the handshake by its path and, on `/signal`, by the subprotocol
/// (protocol, "Choosing a dialect").
public enum Dialect: Int, Hashable, Sendable, CaseIterable {
    /// Broadcasts only, as the first browser-sync clients speak it; no subprotocol.
    case one = 1
    /// Presence, directed and confirmed signals, resume.
    case two = 2
    /// `/topics`, as y-webrtc speaks it: many rooms over one socket.
    case topics = 3
    /// `/peerjs`, as PeerJS speaks it.
    case peerJS = 4

    /// The WebSocket subprotocol that stands for this dialect (RFC 6455 §1.9), and that the server answers; nil = none.
    public var subprotocol: String? {
        switch self {
        case .one, .topics, .peerJS: nil
        case .two: "browser-sync.v2"
        }
    }

    /// Chooses the dialect of a `/signal` socket from what its client offers in `Sec-WebSocket-Protocol`, one name an
    /// element, without spaces around it.
    ///
    /// Offers that nobody knows are passed over, the token pair `bs.bearer.…` among them, so a token is never echoed.
    public init(offered: some Sequence<some StringProtocol>) {
        self = offered.contains { $0 == "browser-sync.v2" } ? .two : .one
    }
}
