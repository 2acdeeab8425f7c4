import SignalDomain

/// Who has to leave a room at once.
enum ExpulsionTarget: Sendable {
    case everybody
    case peer(PeerID)
    /// Members of this owner that have lost their socket: those that have one are asked who they are.
    case detached(owner: String)

    func meets(_ peer: PeerID, owner: String, isAttached: Bool) -> Bool {
        switch self {
        case .everybody: true
        case .peer(let name): name == peer
        case .detached(let name): !isAttached && name == owner
        }
    }
}
