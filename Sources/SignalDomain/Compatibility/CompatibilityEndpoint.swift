/// The endpoints that speak the protocol of another server, so that its clients work here as they are.
public enum CompatibilityEndpoint: String, Hashable, Sendable, CaseIterable {
    /// `/topics`: the signaling server of y-webrtc.
    case topics
    /// `/peerjs`: PeerServer.
    case peerjs
}
