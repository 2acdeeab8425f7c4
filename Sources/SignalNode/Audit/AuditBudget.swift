import SignalDomain

/// How many lines of the audit log those may cause who may do little: what is over is counted, and told in one line.
///
/// Without it anybody could fill the queue and the disk with refusals until the lines of real decisions are lost or
/// deleted. What operators do, and every decision that was carried out, is never counted here. A pure value; its owner
/// guards it, times are milliseconds of a clock that never goes back.
struct AuditBudget {
    /// The budgets begin anew after this time, in milliseconds.
    static let windowMs: Int64 = 3_600_000
    /// Sources that are remembered in one window; the lines of others are left out.
    static let maxSources = 8_192

    /// Who causes a line: the subject of a token cannot be chosen, everything else about a client can but its address.
    private enum Source: Hashable {
        case subject(String)
        case address(AddressKey)
        case unknown
    }

    /// Lines of one source in one window; 0 = no limit.
    private let perSource: Int
    /// Lines of refusals in one window, whoever causes them; 0 = no limit.
    private let refusals: Int
    private var beganMs: Int64?
    private var lines: [Source: Int] = [:]
    private var refused = 0
    private var leftOut: [AuditAction: Int] = [:]

    init(perSource: Int = 0, refusals: Int = 0) {
        self.perSource = perSource
        self.refusals = refusals
    }

    /// Whether the entry gets a line; one that does not is counted for `summary`.
    mutating func admits(_ entry: AuditEntry, nowMs: Int64) -> Bool {
        guard entry.isCheap else { return true }
        if beganMs == nil { beganMs = nowMs }
        if take(entry) { return true }
        leftOut[entry.action, default: 0] += 1
        return false
    }

    /// What was left out, when the window is over or `isLast`; the budgets then begin anew.
    mutating func summary(nowMs: Int64, isLast: Bool = false) -> AuditEntry? {
        guard let beganMs, isLast || nowMs - beganMs >= Self.windowMs else { return nil }
        let counts = leftOut.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue) \($0.value)" }
        self = AuditBudget(perSource: perSource, refusals: refusals)
        return counts.isEmpty ? nil : AuditEntry(.auditReduced, by: .node, detail: counts.joined(separator: ", "))
    }

    private mutating func take(_ entry: AuditEntry) -> Bool {
        let isRefusal = entry.result != .done
        guard !isRefusal || refusals == 0 || refused < refusals else { return false }
        if perSource > 0 {
            let source = Self.source(of: entry)
            let count = lines[source] ?? 0
            guard count < perSource, count > 0 || lines.count < Self.maxSources else { return false }
            lines[source] = count + 1
        }
        if isRefusal { refused += 1 }
        return true
    }

    private static func source(of entry: AuditEntry) -> Source {
        if case .subject(let subject) = entry.actor { return .subject(subject) }
        return entry.address.map { .address(AddressKey($0)) } ?? .unknown
    }
}

extension AuditEntry {
    /// Whether somebody who may do little can cause such lines at will.
    fileprivate var isCheap: Bool {
        switch (actor, action) {
        case (.node, _): false
        // These change nothing, or may be asked for again and again.
        case (_, .adminRequest), (_, .tokenFailures), (_, .ticketIssued), (_, .inviteRedeemed): true
        case (.operator, _): false
        default: result != .done
        }
    }
}
