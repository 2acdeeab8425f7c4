public import SignalDomain

extension NodeConfiguration {
    /// What clients that were written for other servers may use.
    public struct Compatibility: Sendable, Equatable {
        /// The endpoints that are served: `topics` for y-webrtc, `peerjs` for PeerJS, or nothing but `none`.
        public var endpoints = CompatibilityEndpoint.allCases.map(\.rawValue)
        /// Topics of one `/topics` connection at once, and names in one of its messages.
        public var topicsPerConnection = 100
        /// How long a PeerJS message waits for a receiver that is not there before its sender hears `EXPIRE`, in
        /// milliseconds.
        public var peerJSQueueMs = 5_000

        public init() {}

        /// `endpoints` by their meaning.
        public var served: Set<CompatibilityEndpoint> {
            Set(endpoints.compactMap(CompatibilityEndpoint.init(rawValue:)))
        }
    }

    /// The bounds of messages that wait for a PeerJS client: those of reliable signals, which wait as well.
    var peerJSLimits: PeerJSQueues.Limits {
        var limits = PeerJSQueues.Limits()
        limits.messages = delivery.inboxEntries
        limits.bytes = delivery.heldBytesPerSession
        limits.waitMs = Int64(compatibility.peerJSQueueMs)
        return limits
    }

    func compatibilityProblems() -> [String] {
        guard compatibility.endpoints != ["none"] else { return [] }
        return compatibility.endpoints.filter { CompatibilityEndpoint(rawValue: $0) == nil }.map {
            "COMPATIBILITY_ENDPOINTS: \"\($0)\" is neither topics nor peerjs; none stands alone."
        }
    }
}
