import SignalDomain

/// What an operator wants kept out of the whole cluster, or let in again, as the transport read it; `target()` checks it.
public struct BlockRequest: Sendable {
    /// Ranges with fewer leading bits are blocked by force only.
    static let fewestBitsIPv4 = 8
    static let fewestBitsIPv6 = 16

    /// One address as text.
    public var ip: String?
    /// A range as text, such as `192.0.2.0/24`.
    public var cidr: String?
    /// The number of an autonomous system.
    public var asn: Double?
    public var reason: String?
    /// When it ends, in milliseconds since the epoch; nil = when somebody takes it back.
    public var until: Double?
    /// The same in milliseconds from now.
    public var expiresIn: Double?
    /// Whether it is meant even if it is very wide or meets the operator.
    public var isForced = false

    public init(ip: String? = nil, cidr: String? = nil, asn: Double? = nil) {
        self.ip = ip
        self.cidr = cidr
        self.asn = asn
    }

    /// Whom it is about.
    func target() throws(Refusal) -> Sanction.Target {
        switch (ip, cidr, asn) {
        case (let text?, nil, nil):
            guard !text.contains("/"), let range = CIDR(text) else { throw .invalidBlock }
            return .range(range)
        case (nil, let text?, nil):
            guard let range = CIDR(text) else { throw .invalidBlock }
            return .range(range)
        case (nil, nil, let number?):
            guard let network = UInt32(exactly: number), network > 0 else { throw .invalidBlock }
            return .network(network)
        default: throw .invalidBlock
        }
    }

    /// When it ends, in milliseconds since the epoch.
    func end(now: Timestamp) throws(Refusal) -> Double? {
        guard let expiresIn else { return until }
        guard until == nil, expiresIn > 0 else { throw .invalidDuration }
        return Double(now.milliseconds) + expiresIn
    }
}

/// What the audit log keeps for good of a block.
extension BlockRequest {
    /// Whom it is about; of an address only the network (/24, /48).
    var auditedTarget: String? {
        guard let target = try? target() else { return nil }
        switch target {
        case .range(let range):
            let network = AuditLine.network(of: range.network)
            guard let whole = CIDR(network), whole.prefixBits < range.prefixBits else { return "cidr:\(range)" }
            return "cidr:\(whole)"
        default: return target.text
        }
    }

    var auditedDetail: String? {
        var parts: [String] = []
        if case .range(let range)? = try? target() { parts.append("/\(range.prefixBits)") }
        if let until { parts.append("until \(Int64(clamping: until))") }
        if let expiresIn { parts.append("for \(Int64(clamping: expiresIn)) ms") }
        if isForced { parts.append("forced") }
        if let reason { parts.append(reason) }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}

extension Refusal {
    static let invalidBlock = Refusal(
        status: 400, code: "invalid_block", title: "Bad Request",
        sentence: "Exactly one of ip (an address), cidr (a range such as 192.0.2.0/24) and asn (the number of a "
            + "network) must say whom this is about.")

    static let invalidDuration = Refusal(
        status: 400, code: "invalid_time", title: "Bad Request",
        sentence: "expiresInMs must be more than 0, and stands instead of untilMs.")

    static let blockTooWide = Refusal(
        status: 400, code: "block_too_wide", title: "Bad Request",
        sentence: "A range of less than /\(BlockRequest.fewestBitsIPv4) (IPv6: /\(BlockRequest.fewestBitsIPv6)) is "
            + "blocked only with \"force\":true.")

    static let blockHitsOwn = Refusal(
        status: 409, code: "block_hits_own", title: "Conflict",
        sentence: "This would shut out yourself, the nodes' own machines or their proxies; it is done only with "
            + "\"force\":true.")

    static let networksUnknown = Refusal(
        status: 409, code: "asn_table_missing", title: "Conflict",
        sentence: "Networks can be blocked by number only where ASN_TABLE_FILE is set on every node.")

    static func tooManyBlocks(_ limit: Int) -> Refusal {
        Refusal(
            status: 409, code: "too_many_blocks", title: "Conflict",
            sentence: "\(limit) blocks hold already, which is all that MAX_CLUSTER_BLOCKS allows; remove some first.")
    }

    static let blockUnknown = Refusal(
        status: 404, code: "block_unknown", title: "Not Found",
        sentence: "The cluster has no such block; those of BLOCK_RULES_FILE are removed from the file.")
}
