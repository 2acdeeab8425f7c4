/// One thing that went wrong, for a person who wants to look it up in the history.
public struct Finding: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case ackedLost, neverArrived, duplicateSurfaced, outOfOrder, misdelivered, contradiction, unanswered, localLoss
        case falseLeave, doubleLeave, doubleJoin, ghost, missing
        case brokenResume, stranded
    }

    public let kind: Kind
    public let step: Step
    /// Microseconds from the start of the run.
    public let at: Int64
    public let text: String
}

/// The first few findings of each kind in each step; the counts are elsewhere.
struct Findings: Sendable {
    static let keptPerKindAndStep = 5

    private(set) var all: [Finding] = []
    private var kept: [Key: Int] = [:]

    private struct Key: Hashable {
        let kind: Finding.Kind
        let step: Step
    }

    mutating func add(_ kind: Finding.Kind, at: Int64, step: Step, _ text: String) {
        let key = Key(kind: kind, step: step)
        guard kept[key, default: 0] < Findings.keptPerKindAndStep else { return }
        kept[key, default: 0] += 1
        all.append(Finding(kind: kind, step: step, at: at, text: text))
    }
}

extension Client: CustomStringConvertible {
    public var description: String { self == .stranger ? "a stranger" : "c\(number)" }
}

extension AuditSource: CustomStringConvertible {
    public var description: String {
        switch self {
        case .redis: "Redis"
        case .node(let name): name
        }
    }
}
