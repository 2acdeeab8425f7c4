/// What a figure should be.
enum Goal: Sendable, Equatable {
    case atMost(Double)
    /// At most this part of what another server needed in the same run.
    case share(Double, of: Server)

    /// The most that meets it; nil when the other server was not measured.
    func limit(_ measured: (Server) -> Double?) -> Double? {
        switch self {
        case .atMost(let limit): limit
        case .share(let share, let server): measured(server).map { $0 * share }
        }
    }

    /// A few words for a table.
    func text(digits: Int) -> String {
        switch self {
        case .atMost(let limit): "≤ \(Figure.number(limit, digits: limit == limit.rounded() ? 0 : digits))"
        case .share(let share, let server) where share < 1: "≤ \(server.title) ÷ \(Figure.number(1 / share, digits: 0))"
        case .share(1, let server): "≤ \(server.title)"
        case .share(let share, let server):
            "≤ \(Figure.number(share, digits: share == share.rounded() ? 0 : 1)) × \(server.title)"
        }
    }
}
