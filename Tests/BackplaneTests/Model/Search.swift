@testable import Backplane

/// A model and how long to search it.
struct Search: CustomStringConvertible, Sendable {
    enum Extent: Sendable {
        /// All schedules, which have at most so many states.
        case all(Int)
        /// Schedules, shortest first, up to so many states.
        case states(Int)
        /// So many random schedules.
        case walks(UInt64)
    }

    var name: String
    var nodes = 2
    /// The node that each peer is on at first.
    var seats: [Int?] = [0, 1]
    var budget: Budget
    /// Peers of dialect 2, which keep their session over their connections.
    var resumes = false
    /// Replies that ran before a connection broke arrive on the next one.
    var lateReplies = false
    /// Peers are clients of dialect 2 that send letters.
    var letters = false
    /// Only faults that say this count, if it is not empty.
    var looksFor = ""
    var extent: Extent

    var description: String { name }

    /// Whether the search has to reach every state.
    var isExhaustive: Bool { if case .all = extent { true } else { false } }

    func start(without guards: Guards = []) -> Model {
        var model = Model(
            nodes: nodes, seats: seats, budget: budget, guards: .all.subtracting(guards), resumes: resumes,
            lateReplies: lateReplies, letters: letters)
        model.looksFor = looksFor
        return model
    }

    func run(without guards: Guards = []) -> Finding {
        let model = start(without: guards)
        return switch extent {
        case .all(let limit), .states(let limit): Explorer.explore(model, limit: limit)
        case .walks(let count): Explorer.walk(model, seeds: 0..<count)
        }
    }
}

extension Budget {
    /// Everything that may happen to a store that keeps its data.
    static let everything = Budget(
        joins: 4, leaves: 2, kills: 1, starts: 1, pauses: 1, lapses: 1, unlinks: 2, failovers: 1, absences: 1)

    /// Clients that send, lose their sockets and come back, with every fault but an emptied store.
    static let letters = Budget(
        joins: 4, leaves: 1, kills: 1, starts: 1, pauses: 1, lapses: 1, unlinks: 2, failovers: 1, absences: 1, sends: 6,
        losses: 3, reloads: 1, timeouts: 1)
}
