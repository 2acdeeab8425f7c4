/// Which clients send what in which hundredth of a second: one reliable and two best-effort signals each second.
struct Pace {
    static let slots = 100

    private var members: [[Int]] = Array(repeating: [], count: slots)
    private var step = 0

    /// Clients with consecutive numbers talk one after the other.
    mutating func add(_ client: Int) {
        members[client % Self.slots].append(client)
    }

    /// Those whose turn it is in the next slot.
    mutating func next() -> (reliable: [Int], bestEffort: [Int]) {
        defer { step = (step + 1) % Self.slots }
        let thirds = [Self.slots / 3, Self.slots * 2 / 3].map { members[(step + $0) % Self.slots] }
        return (members[step], thirds.flatMap { $0 })
    }
}
