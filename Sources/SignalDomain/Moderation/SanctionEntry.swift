/// A decision as nodes share it: of two about the same thing the one with the higher stamp counts.
///
/// A lifted sanction stays for a while as what it is, so that a node that missed the lifting cannot bring it back.
public struct SanctionEntry: Hashable, Sendable {
    public var sanction: Sanction
    /// Raised with every change of the same `id`: milliseconds since the epoch by the store's clock, or more.
    public var stamp: Int64
    public var isLifted: Bool

    public init(_ sanction: Sanction, stamp: Int64 = 0, isLifted: Bool = false) {
        self.sanction = sanction
        self.stamp = stamp
        self.isLifted = isLifted
    }

    public var id: String { sanction.id }

    /// `stamp|lifted|expiresAt|reason`, what stands behind `id` in the store; `0` = never expires.
    public var value: String {
        "\(stamp)|\(isLifted ? 1 : 0)|\(sanction.expiresAt ?? 0)|" + EscapedName.encode(sanction.reason)
    }

    /// Reads `id` and `value` back; nil for anything that no node writes.
    public init?(id: String, value: String) {
        let names = id.split(separator: "|", omittingEmptySubsequences: false)
        let fields = value.split(separator: "|", omittingEmptySubsequences: false)
        guard names.count == 3, fields.count == 4, let kind = Sanction.Kind(rawValue: String(names[0])),
            let target = Sanction.Target(text: names[1]), let stamp = Int64(fields[0]), stamp >= 0,
            fields[1] == "0" || fields[1] == "1", let expiresAt = Int64(fields[2]), expiresAt >= 0,
            let reason = EscapedName.decode(fields[3]), reason.utf8.count <= Sanction.maxReasonBytes
        else { return nil }
        var room: RoomKey?
        if names[2] != "*" {
            guard let key = RoomKey(text: String(names[2])) else { return nil }
            room = key
        }
        let sanction = Sanction(
            kind, of: target, in: room, reason: reason, expiresAt: expiresAt == 0 ? nil : expiresAt)
        guard sanction.isMeaningful else { return nil }
        self.init(sanction, stamp: stamp, isLifted: fields[1] == "1")
    }
}
