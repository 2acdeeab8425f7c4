import SignalDomain

/// A peer ID out of a constant.
func peer(_ text: String) -> PeerID {
    guard let peer = try? PeerID(text) else { preconditionFailure("not a peer ID: \(text)") }
    return peer
}
