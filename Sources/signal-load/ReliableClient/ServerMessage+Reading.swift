import FailoverHistory
import SignalDomain

extension ServerMessage {
    /// Reads one text frame; nil when it is not a JSON object or misses what its type needs.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let fields = Fields(bytes, at: 0) else { return nil }
        guard let message = Self.read(fields) else { return nil }
        self = message
    }

    private static func read(_ fields: Fields) -> ServerMessage? {
        switch fields.string("type") {
        case "welcome": return Welcome(fields).map(ServerMessage.welcome)
        case "members": return fields.members().map(ServerMessage.members)
        case "resync": return fields.members().map(ServerMessage.resync)
        case "peer-joined": return fields.string("peerId").map(ServerMessage.peerJoined)
        case "peer-left":
            return fields.string("peerId").map { .peerLeft($0, reason: fields.string("reason") ?? "") }
        case "peer-updated":
            return fields.string("peerId").map(ServerMessage.peerUpdated)
        case "ack", "nack", "undeliverable": return Receipt(fields).map(ServerMessage.receipt)
        case "go-away": return .goAway(retryAfterMs: fields.integer("retryAfterMs"))
        case "error": return fields.string("code").map(ServerMessage.error)
        default: return signal(fields)
        }
    }

    private static func signal(_ fields: Fields) -> ServerMessage? {
        guard let source = fields.string("sourcePeerId") else { return .other }
        if let sequence = fields.integer("seq") {
            guard let id = fields.string("id"), let session = fields.string("sourceSession") else { return nil }
            return .reliable(
                ReliableSignal(sequence: sequence, sourceSession: session, sourcePeer: source, id: id))
        }
        return fields.integer("n").map { .bestEffort(from: source, number: $0) } ?? .other
    }
}

extension ServerMessage.Welcome {
    fileprivate init?(_ fields: Fields) {
        guard let members = fields.members(), let node = fields.string("node"), let resume = fields.object("resume"),
            let token = resume.string("token")
        else { return nil }
        self.init(node: node, resumed: fields.boolean("resumed") ?? false, members: members, resumeToken: token)
        windowMs = resume.integer("windowMs") ?? windowMs
        heartbeatMs = fields.integer("heartbeatMs") ?? heartbeatMs
    }
}

extension ServerMessage.Receipt {
    fileprivate init?(_ fields: Fields) {
        guard let to = fields.string("to"), let outcome = Outcome(fields) else { return nil }
        self.init(outcome: outcome, id: fields.string("id") ?? "", to: to, sequence: fields.integer("seq"))
    }
}

extension Outcome {
    fileprivate init?(_ fields: Fields) {
        switch (fields.string("type"), fields.string("level")) {
        case ("ack", "received"): self = .received
        case ("ack", "written"): self = .written
        case ("ack", "stored"): self = .stored
        case ("nack", _): self = .nack(code: fields.string("code") ?? "")
        case ("undeliverable", _): self = .undeliverable(reason: fields.string("reason") ?? "")
        default: return nil
        }
    }
}

/// The members of one JSON object by name. The bytes must outlive it; the first of two equal names counts.
private struct Fields {
    private let bytes: UnsafeRawBufferPointer
    private var values: [(name: String, value: MemberValue)] = []

    init?(_ bytes: UnsafeRawBufferPointer, at start: Int) {
        guard 0..<bytes.count ~= start, bytes[start] == UInt8(ascii: "{") else { return nil }
        self.bytes = bytes
        values.reserveCapacity(10)
        for member in ObjectMembers(bytes, at: start) { values.append((member.name, member.value)) }
    }

    func string(_ name: String) -> String? { value(name)?.string(in: bytes) }

    func boolean(_ name: String) -> Bool? { value(name)?.boolean(in: bytes) }

    func integer(_ name: String) -> Int? { value(name)?.integer(in: bytes).flatMap(Int.init(exactly:)) }

    func object(_ name: String) -> Fields? { value(name).flatMap { Fields(bytes, at: $0.range.lowerBound) } }

    /// The array `members`; nil when it is missing or an element has no `peerId`.
    func members() -> ServerMessage.MemberPage? {
        guard let elements = value("members")?.objects(in: bytes) else { return nil }
        var page = ServerMessage.MemberPage()
        page.hasMore = boolean("more") ?? false
        for start in elements {
            guard let peer = Fields(bytes, at: start)?.string("peerId") else { return nil }
            page.peers.append(peer)
        }
        return page
    }

    private func value(_ name: String) -> MemberValue? { values.first { $0.name == name }?.value }
}

extension MemberValue {
    /// Where the objects of an array begin; nil for another kind of value.
    fileprivate func objects(in bytes: UnsafeRawBufferPointer) -> [Int]? {
        guard kind == .array, range.upperBound <= bytes.count else { return nil }
        var starts: [Int] = []
        var depth = 0
        var isInString = false
        var index = range.lowerBound
        while index < range.upperBound {
            switch bytes[index] {
            case UInt8(ascii: "\\") where isInString: index += 1
            case UInt8(ascii: "\""): isInString.toggle()
            case UInt8(ascii: "{") where !isInString:
                if depth == 0 { starts.append(index) }
                depth += 1
            case UInt8(ascii: "}") where !isInString: depth -= 1
            default: break
            }
            index += 1
        }
        return starts
    }
}
