import Backplane

/// The nodes that a console was told of, to see which come and go.
struct NodeRoll {
    /// One life of a node: another start is another one.
    private struct Life: Hashable {
        let name: String
        let startedAt: Int64
    }

    /// By life, whether it drained when it was last seen; nil before the first look.
    private var lives: [Life: Bool]?
    /// Whether a look is under way.
    private var isLooking = false

    /// Begins a look, unless one is under way.
    mutating func begin() -> Bool {
        defer { isLooking = true }
        return !isLooking
    }

    /// Ends a look that found nothing out.
    mutating func end() { isLooking = false }

    /// Nobody looks any more: the next look is the first.
    mutating func forget() { lives = nil }

    /// Ends a look; tells what is new in it.
    mutating func end(with nodes: [LiveNode]) -> [NodeEvent] {
        isLooking = false
        var seen: [Life: Bool] = [:]
        for node in nodes { seen[Life(name: node.info.name, startedAt: node.info.startedAt)] = node.info.isDraining }
        defer { lives = seen }
        guard let lives else { return [] }
        let gone = lives.filter { seen[$0.key] == nil }.sorted { $0.key.name < $1.key.name }
        let new = seen.keys.filter { lives[$0] == nil }.sorted { $0.name < $1.name }
        return gone.map { .node($0.key.name, state: $0.value ? "stopped" : "lost") }
            + new.map { .node($0.name, state: "up") }
    }
}
