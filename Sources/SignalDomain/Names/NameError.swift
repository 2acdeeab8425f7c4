/// Why a name from outside is refused.
public struct NameError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which name it is; the raw value is the member or query parameter that carries it.
    public enum Field: String, Sendable {
        case peerID = "peerId"
        case namespace
        case room
    }

    /// What is wrong with it.
    public enum Reason: Hashable, Sendable {
        case empty
        case tooLong(maxBytes: Int)
        case forbiddenCharacter
        /// It belongs to clients of another endpoint.
        case reserved
    }

    public let field: Field
    public let reason: Reason

    public init(field: Field, reason: Reason) {
        self.field = field
        self.reason = reason
    }

    /// The machine word of the refusal.
    public var code: String {
        switch field {
        case .peerID: "invalid_peer_id"
        case .namespace: "invalid_namespace"
        case .room: "invalid_room"
        }
    }

    /// One sentence for the caller; it never repeats the name itself.
    public var description: String {
        switch (reason, field) {
        case (.empty, _): "\(field.rawValue) is empty."
        case (.tooLong(let maxBytes), _): "\(field.rawValue) is longer than \(maxBytes) bytes."
        case (.reserved, _): "\(field.rawValue) belongs to another endpoint."
        case (.forbiddenCharacter, .peerID): "peerId may hold only letters, digits and ._:~- characters."
        case (.forbiddenCharacter, _): "\(field.rawValue) holds a control or text-direction character."
        }
    }
}
