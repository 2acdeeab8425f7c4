/// What a client of dialect 2 says to the server itself after its hello; everything else it says is for other peers.
public enum ClientCommand: Hashable, Sendable {
    /// Alive, and with a number the same as `ack`.
    case heartbeat(seq: UInt64?)
    /// Every numbered signal of this connection up to `seq` has arrived.
    case ack(seq: UInt64)
    /// The peer's metadata from now on: a JSON object as written, or empty.
    case presence(metadata: String)
    /// A new token for the live socket.
    case auth(token: String)
    /// Leaves the room for good.
    case leave
    case telemetry(TelemetryReport)
    /// Something that a moderator decides about the room.
    case moderate(ModerateCommand)

    /// Reads a message to the server; nil = it is for other peers.
    ///
    /// - Parameters:
    ///   - message: what a scan of exactly these `bytes` found.
    ///   - maxMetadataBytes: of a `presence`; rooms with many members allow less.
    public init?(
        _ message: ScannedMessage, in bytes: UnsafeRawBufferPointer,
        maxMetadataBytes: Int = PresenceMetadata.defaultMaxBytes
    ) throws(CommandFault) {
        let member = { (name: String) in
            ObjectMembers(bytes, at: message.start).reduce(nil) { $1.name == name ? $1.value : $0 } as MemberValue?
        }
        switch message.type {
        case .heartbeat:
            guard let value = member("seq"), !value.isNull(in: bytes) else {
                self = .heartbeat(seq: nil)
                return
            }
            guard let seq = value.counter(in: bytes) else { throw .seq }
            self = .heartbeat(seq: seq)
        case .ack:
            guard let seq = member("seq")?.counter(in: bytes) else { throw .seq }
            self = .ack(seq: seq)
        case .presence:
            guard let value = member("metadata") else { throw .metadata(.notAnObject) }
            do throws(PresenceMetadata.Fault) {
                self = .presence(metadata: try PresenceMetadata.read(value, in: bytes, maxBytes: maxMetadataBytes))
            } catch { throw .metadata(error) }
        case .auth:
            guard let token = member("token")?.string(in: bytes), !token.isEmpty else { throw .token }
            self = .auth(token: token)
        case .leave: self = .leave
        case .telemetry: self = .telemetry(TelemetryReport(message, in: bytes))
        case .moderate: self = .moderate(try ModerateCommand(message, in: bytes))
        case .hello, .reserved: throw .reservedType
        case .ping, .other: return nil
        }
    }
}

extension ClientCommand: CustomStringConvertible, CustomReflectable {
    /// The type of the message; never what it holds, for that may be a token.
    public var description: String {
        switch self {
        case .heartbeat: "heartbeat"
        case .ack: "ack"
        case .presence: "presence"
        case .auth: "auth"
        case .leave: "leave"
        case .telemetry: "telemetry"
        case .moderate: "moderate"
        }
    }

    public var customMirror: Mirror { Mirror(self, children: []) }
}
