import Backplane
import SignalDomain

extension CloseReason {
    /// What a client is told whose place in the room is another's.
    init(_ loss: MembershipLoss) {
        self =
            switch loss {
            case .replaced: .replaced
            case .stale: .stale
            case .inUse: .inUse
            }
    }
}
