/// `moderate {action, peerId?, reason?, untilMs?, id?}`: what a moderator wants done in the room of the socket.
public struct ModerateCommand: Hashable, Sendable {
    /// What to do; which words there are is the node's to know.
    public var action: String
    public var peer: PeerID?
    public var reason: String?
    /// Milliseconds since the epoch.
    public var until: Int64?
    /// The `id` as JSON text, which comes back with the answer.
    public var id: String?

    /// - Parameter message: what a scan of exactly these `bytes` found.
    init(_ message: ScannedMessage, in bytes: UnsafeRawBufferPointer) throws(CommandFault) {
        var action: MemberValue?
        var peer: MemberValue?
        var reason: MemberValue?
        var until: MemberValue?
        for member in ObjectMembers(bytes, at: message.start) {
            switch member.name {
            case "action": action = member.value
            case "peerId": peer = member.value
            case "reason": reason = member.value
            case "untilMs": until = member.value
            default: break
            }
        }
        guard let word = action?.string(in: bytes), !word.isEmpty else { throw .action }
        self.action = word
        if let peer, !peer.isNull(in: bytes) {
            guard let text = peer.string(in: bytes), let name = try? PeerID(text) else { throw .peerID }
            self.peer = name
        }
        self.reason = reason?.string(in: bytes)
        if let until, !until.isNull(in: bytes) {
            guard let end = until.counter(in: bytes) else { throw .until }
            self.until = Int64(end)
        }
        id = SignalTarget.id(of: message, in: bytes)
    }
}
