/// The first message of a client of dialect 2: who it is and what it wants back (protocol, "Hello").
///
/// Its description shows nothing, because most of it is secret.
public struct Hello: Hashable, Sendable {
    /// The proof that a session of before is the client's own.
    public struct Resume: Hashable, Sendable {
        /// The token of that session's `welcome`.
        public let token: String
        /// The last `seq` of the previous connection that the client acknowledged.
        public let lastSeq: UInt64?
    }

    /// The secret name of the session: 16 to 64 characters of base64url.
    public let sid: String
    /// The number of this connection within the session, below 2⁵³; a higher one is newer.
    public let cn: UInt64
    /// Nil = the one of the query, or one that the server makes up.
    public let peerID: PeerID?
    public let token: String?
    public let resume: Resume?
    /// A JSON object as written, or empty.
    public let metadata: String

    /// Reads the first frame of a socket.
    ///
    /// Absent, null and, for the two texts, empty members mean the same; a later copy of a member wins as it does in
    /// the clients' own JSON.
    ///
    /// - Parameters:
    ///   - message: what a scan of exactly these `bytes` found.
    ///   - maxMetadataBytes: of the metadata as written.
    public init(
        _ message: ScannedMessage, in bytes: UnsafeRawBufferPointer,
        maxMetadataBytes: Int = PresenceMetadata.defaultMaxBytes
    ) throws(HelloFault) {
        guard message.type == .hello else { throw .notHello }
        var members: [String: MemberValue] = [:]
        for member in ObjectMembers(bytes, at: message.start) {
            members[member.name] = member.value.isNull(in: bytes) ? nil : member.value
        }
        guard let sid = members["sid"]?.string(in: bytes), Self.isSessionID(sid) else { throw .session }
        guard let cn = members["cn"]?.counter(in: bytes) else { throw .connectionNumber }
        self.sid = sid
        self.cn = cn
        peerID = try Self.peerID(members["peerId"], in: bytes)
        token = try Self.token(members["token"], in: bytes)
        resume = try Self.resume(members["resume"], in: bytes)
        metadata = try Self.metadata(members["metadata"], in: bytes, maxBytes: maxMetadataBytes)
    }

    private static func isSessionID(_ text: String) -> Bool {
        16...64 ~= text.utf8.count && text.utf8.allSatisfy(Base64URL.isCharacter)
    }

    private static func peerID(_ value: MemberValue?, in bytes: UnsafeRawBufferPointer) throws(HelloFault) -> PeerID? {
        guard let value else { return nil }
        guard let text = value.string(in: bytes) else { throw .peerIDNotText }
        if text.isEmpty { return nil }
        do throws(NameError) { return try PeerID(text) } catch { throw .peerID(error) }
    }

    private static func token(_ value: MemberValue?, in bytes: UnsafeRawBufferPointer) throws(HelloFault) -> String? {
        guard let value else { return nil }
        guard let text = value.string(in: bytes) else { throw .token }
        return text.isEmpty ? nil : text
    }

    private static func resume(_ value: MemberValue?, in bytes: UnsafeRawBufferPointer) throws(HelloFault) -> Resume? {
        guard let value else { return nil }
        guard value.kind == .object else { throw .resume }
        var token: String?
        var lastSeq: UInt64?
        for member in ObjectMembers(bytes, at: value.range.lowerBound) {
            switch member.name {
            case "token": token = member.value.string(in: bytes)
            case "lastSeq":
                lastSeq = member.value.counter(in: bytes)
                guard lastSeq != nil || member.value.isNull(in: bytes) else { throw .resume }
            default: break
            }
        }
        guard let token, !token.isEmpty else { throw .resume }
        return Resume(token: token, lastSeq: lastSeq)
    }

    private static func metadata(
        _ value: MemberValue?, in bytes: UnsafeRawBufferPointer, maxBytes: Int
    ) throws(HelloFault) -> String {
        guard let value else { return "" }
        do throws(PresenceMetadata.Fault) {
            return try PresenceMetadata.read(value, in: bytes, maxBytes: maxBytes)
        } catch { throw .metadata(error) }
    }
}

extension Hello: CustomStringConvertible, CustomReflectable {
    public var description: String { "hello" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Hello.Resume: CustomStringConvertible, CustomReflectable {
    public var description: String { "resume" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
