/// One line of the table: an event, what it asks of Redis, and what it may.
struct CostRow: Sendable, Encodable {
    let title: String
    let formula: Formula
    let events: Int
    let commands: Double
    let callsInScripts: Double
    let cpuMicros: Double?
    let bytesIn: Double
    let bytesOut: Double
    let holds: Bool

    init(_ title: String, _ formula: Formula, _ cost: EventCost) {
        (self.title, self.formula, events, commands) = (title, formula, cost.events, cost.commands)
        (callsInScripts, cpuMicros) = (cost.callsInScripts, cost.cpuMicros)
        (bytesIn, bytesOut) = (cost.bytesIn, cost.bytesOut)
        // A formula of 0 means that nothing at all reaches Redis.
        let asks = formula.limit == 0 ? cost.commands + cost.callsInScripts : cost.commands
        holds = asks <= formula.limit + Self.rounding
    }

    private static let rounding = 1e-9
}
