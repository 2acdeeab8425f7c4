extension PeerID {
    /// Whether this peer of dialect 2 is the polite one of a pair: it yields when both sides make an offer at once
    /// (W3C WebRTC 1.0 §10.7, "perfect negotiation").
    ///
    /// Every pair has exactly one impolite side, so such a glare always ends: between two peers of dialect 2 the
    /// bytewise smaller name is polite; a peer of dialect 1 knows nothing of this and never yields.
    public func isPolite(toward other: PeerID, speaking dialect: Dialect) -> Bool {
        switch dialect {
        case .one, .topics, .peerJS: true
        case .two: text.utf8.lexicographicallyPrecedes(other.text.utf8)
        }
    }
}
