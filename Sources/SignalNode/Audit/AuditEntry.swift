public import SignalDomain

/// One thing that somebody did, or tried to do, to the service or to others: what the audit log remembers.
///
/// Never put a token, a ticket, an invite code or a payload into it: name things by their public identifiers (`sub`,
/// `jti`, the id of an invite). Texts are escaped and cut at 256 bytes when they are written.
public struct AuditEntry: Hashable, Sendable {
    /// Who did it.
    public enum Actor: Hashable, Sendable {
        /// The node itself, or whoever may send signals to its process.
        case node
        /// An operator of the service; the subject if the token names one.
        case `operator`(subject: String?)
        /// The holder of a token.
        case subject(String)
        /// A peer of the room in question, without a token of its own.
        case peer(PeerID)
        case anonymous

        /// Who stands behind `principal`, by the best name there is.
        public init(_ principal: Principal, peer: PeerID? = nil) {
            if principal.isOperator {
                self = .operator(subject: principal.subject)
            } else if let subject = principal.subject {
                self = .subject(subject)
            } else {
                self = peer.map(Self.peer) ?? .anonymous
            }
        }

        /// `node`, `operator`, `operator:alice`, `sub:alice`, `peer:p1` or `anonymous`.
        public var text: String {
            switch self {
            case .node: "node"
            case .operator(let subject): subject.map { "operator:" + $0 } ?? "operator"
            case .subject(let subject): "sub:" + subject
            case .peer(let peer): "peer:" + peer.text
            case .anonymous: "anonymous"
            }
        }
    }

    /// What became of it.
    public enum Result: Hashable, Sendable {
        case done
        /// Somebody was not allowed to; the machine code of the refusal.
        case refused(code: String)
        /// Allowed, and yet it did not work; the machine code of the failure.
        case failed(code: String)
    }

    public var action: AuditAction
    public var actor: Actor
    /// The client's address: the log keeps its network for good and the whole address only for `AUDIT_ADDRESS_DAYS`.
    public var address: ClientAddress?
    public var room: RoomKey?
    /// Whom or what it was done to: `peer:p2`, `sub:bob`, `jti:…`, `invite:<id>`, `network:192.0.2.0/24`; never a
    /// whole address, which would stay for good.
    public var target: String?
    public var result: Result
    /// More about it in a few words, such as an expiry or a count.
    public var detail: String?

    public init(
        _ action: AuditAction, by actor: Actor, from address: ClientAddress? = nil, in room: RoomKey? = nil,
        target: String? = nil, result: Result = .done, detail: String? = nil
    ) {
        self.action = action
        self.actor = actor
        self.address = address
        self.room = room
        self.target = target
        self.result = result
        self.detail = detail
    }
}
