/// What an event may ask of Redis at most (cluster.md §3). The formulas stand beside the rows that they bound.
struct Formula: Sendable, Equatable, Encodable {
    /// In words of the commands.
    let text: String
    /// Commands per event.
    let limit: Double
    /// What this costs beyond the cost model of cluster.md §3, and why.
    let beyond: String?

    init(_ text: String, limit: Double, beyond: String? = nil) {
        (self.text, self.limit, self.beyond) = (text, limit, beyond)
    }
}
