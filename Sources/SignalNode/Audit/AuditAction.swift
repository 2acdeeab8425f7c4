/// The name of an audited action, as `action` in the log: the thing and what was done to it.
public struct AuditAction: Hashable, Sendable, RawRepresentable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    // The log itself.
    /// A process began to write; the first line of every file.
    public static let auditOpened = AuditAction(rawValue: "audit.opened")
    /// A process ended in good order.
    public static let auditClosed = AuditAction(rawValue: "audit.closed")
    /// Entries were lost because they came faster than the disk takes them, or it took none; `detail` counts them.
    public static let auditLost = AuditAction(rawValue: "audit.lost")

    /// Retention deleted an old file of the log; `target` names it.
    public static let auditExpired = AuditAction(rawValue: "audit.expired")

    // Tokens and tickets.
    /// An address presented more wrong tokens, tickets or invite codes than it may; none of its tokens is looked at now.
    public static let tokenFailures = AuditAction(rawValue: "token.failures")
    public static let tokenRevoked = AuditAction(rawValue: "token.revoked")
    public static let ticketIssued = AuditAction(rawValue: "ticket.issued")

    // Invites.
    public static let inviteIssued = AuditAction(rawValue: "invite.issued")
    public static let inviteRedeemed = AuditAction(rawValue: "invite.redeemed")
    public static let inviteRevoked = AuditAction(rawValue: "invite.revoked")

    // Moderation.
    public static let kick = AuditAction(rawValue: "moderation.kick")
    public static let mute = AuditAction(rawValue: "moderation.mute")
    public static let unmute = AuditAction(rawValue: "moderation.unmute")
    public static let ban = AuditAction(rawValue: "moderation.ban")
    public static let unban = AuditAction(rawValue: "moderation.unban")
    public static let roomClosed = AuditAction(rawValue: "room.closed")

    // Operation.
    /// Somebody looked, or tried to look, at what only operators and moderators see; `target` says at what.
    public static let adminRequest = AuditAction(rawValue: "admin.request")
    public static let blockAdded = AuditAction(rawValue: "block.added")
    public static let blockRemoved = AuditAction(rawValue: "block.removed")
    /// A file was read anew (policy, keys, block rules); `target` is the setting that names it.
    public static let fileReloaded = AuditAction(rawValue: "file.reloaded")
    public static let drain = AuditAction(rawValue: "node.drain")
    public static let undrain = AuditAction(rawValue: "node.undrain")
    public static let roomOpened = AuditAction(rawValue: "room.opened")

    // The log itself, again.
    /// Refusals and requests for which the budget of their source has no line; `detail` counts them by action.
    public static let auditReduced = AuditAction(rawValue: "audit.reduced")
}
