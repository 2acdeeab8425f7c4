/// The ends of one session's attempts to connect, each counted once.
///
/// A browser tells of one connection twice, as `connected` and again as `completed` (WebRTC, RTCIceConnectionState), and a
/// session reports for all of its connections without naming them. So a `completed` is taken for the sequel of an earlier
/// `connected` of the session as long as one is without; only a connection that says `completed` alone counts by it.
public struct IceAttempts: Hashable, Sendable {
    /// Connections that were counted as `connected` and have not said `completed`.
    private var connected = 0

    public init() {}

    /// True or false when the report tells that an attempt succeeded or failed and has not told so before, else nil.
    public mutating func outcome(of state: IceState) -> Bool? {
        switch state {
        case .connected:
            connected += 1
            return true
        case .completed:
            guard connected > 0 else { return true }
            connected -= 1
            return nil
        case .failed: return false
        case .new, .checking, .disconnected, .closed, .unknown, .other: return nil
        }
    }
}
