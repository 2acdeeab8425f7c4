/// What a figure should be.
enum Goal: Sendable, Equatable {
    case atMost(Double)
    /// At most this part of what another server needed in the same run.
    case share(Double, of: Server)
    /// At most one in so many parts of what the old server would need: it needed `timesNchan` of what nchan did when both were
    /// measured beside each other, and nchan is measured here.
    case oldServer(timesNchan: Double, dividedBy: Double)

    /// The most that meets it; nil when the other server was not measured.
    func limit(_ measured: (Server) -> Double?) -> Double? {
        switch self {
        case .atMost(let limit): limit
        case .share(let share, let server): measured(server).map { $0 * share }
        case .oldServer(let times, let parts): measured(.nchan).map { $0 * times / parts }
        }
    }

    /// A few words for a table.
    func text(digits: Int) -> String {
        switch self {
        case .atMost(let limit): "≤ \(Figure.number(limit, digits: limit == limit.rounded() ? 0 : digits))"
        case .oldServer(let times, let parts):
            "≤ old server (\(Figure.number(times, digits: 2)) × nchan) ÷ \(Figure.number(parts, digits: 0))"
        case .share(1, let server): "≤ \(server.title)"
        case .share(let share, let server):
            "≤ \(Figure.number(share, digits: share == share.rounded() ? 0 : 1)) × \(server.title)"
        }
    }
}
