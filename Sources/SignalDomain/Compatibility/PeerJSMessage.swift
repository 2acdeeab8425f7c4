/// What a PeerJS client says.
public enum PeerJSMessage: Hashable, Sendable {
    /// Alive; never answered.
    case heartbeat
    case signal(PeerJSSignal)
    /// `LEAVE` to nobody: the client goes.
    case goodbye
    /// A word without a meaning here, which is passed over.
    case other
    /// Goes nowhere, and the client is told why.
    case unreadable(ErrorCode)

    /// - Parameter limits: of the message as JSON.
    public init(_ bytes: UnsafeRawBufferPointer, limits: ScanLimits) {
        do throws(ScanError) {
            self = Self.read(try MessageScanner.scan(bytes, limits: limits), bytes)
        } catch {
            self = .unreadable(error.code)
        }
    }

    private static func read(_ message: ScannedMessage, _ bytes: UnsafeRawBufferPointer) -> PeerJSMessage {
        var (type, dst): (MemberValue?, MemberValue?)
        // Of equal names the later one counts, as in the clients.
        for member in ObjectMembers(bytes, at: message.start) {
            switch member.name {
            case "type": type = member.value
            case "dst": dst = member.value
            default: break
            }
        }
        let word = type?.string(in: bytes)
        switch word {
        case "HEARTBEAT": return .heartbeat
        case "OFFER", "ANSWER", "CANDIDATE", "LEAVE":
            guard let dst else { return word == "LEAVE" ? .goodbye : .other }
            guard let to = dst.string(in: bytes), to.utf8.count <= PeerJSSignal.maxNameBytes else {
                return .unreadable(.invalidMessage)
            }
            guard !to.isEmpty else { return .other }
            return .signal(
                PeerJSSignal(to: to, isVital: word != "LEAVE", opened: message.opened(in: bytes, without: "src")))
        default: return .other
        }
    }
}

/// An `OFFER`, `ANSWER`, `CANDIDATE` or `LEAVE` for another peer.
public struct PeerJSSignal: Hashable, Sendable {
    /// Bytes of a receiver's name that is worth an answer.
    static let maxNameBytes = 255

    /// The receiver as the client names it.
    public let to: String
    /// Whether it waits for a receiver that is not there; a `LEAVE` does not.
    public let isVital: Bool
    /// The message without `src` and without its closing brace.
    let opened: [UInt8]

    /// The message as the receiver gets it.
    public func text(from peer: PeerID) -> [UInt8] {
        var out = opened + Array("\"src\":".utf8)
        JSONText.append(peer.peerJSText, to: &out)
        out.append(UInt8(ascii: "}"))
        return out
    }
}
