/// The ICE connection states that become a metric label; the words are those of the W3C `RTCIceConnectionState`.
public enum IceState: String, Sendable, CaseIterable {
    case new, checking, connected, completed, disconnected, failed, closed, unknown, other
}

/// Why a connection failed, as a metric label.
public enum FailureReason: String, Sendable, CaseIterable {
    case timeout
    case candidatePairFailed = "candidate-pair-failed"
    case signalingFailed = "signaling-failed"
    case unknown, other
}
