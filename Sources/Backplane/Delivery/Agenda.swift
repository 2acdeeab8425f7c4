/// What the next ticks have to look at, so that one costs what is due and not what is kept.
///
/// It only indexes what the copies say: a look too many changes nothing, and two deliveries that differ in nothing else
/// are the same.
struct Agenda: Hashable, Sendable {
    private struct Look {
        let at: Int64
        let number: UInt64
    }

    /// A binary heap: each entry is due no earlier than the one at half its place.
    private var looks: [Look] = []
    /// Pairs of which a copy was taken away: what waits behind it may be free to go.
    private var pairs: Set<Pair> = []

    var count: Int { looks.count }

    /// Has a copy looked at, at a time of the caller's clock.
    mutating func add(_ number: UInt64, at: Int64) {
        looks.append(Look(at: at, number: number))
        var place = looks.count - 1
        while place > 0, looks[(place - 1) / 2].at > looks[place].at {
            looks.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// Takes out the copies that are due, oldest first.
    mutating func take(through now: Int64) -> [UInt64] {
        var due: Set<UInt64> = []
        while let first = looks.first, first.at <= now {
            due.insert(first.number)
            removeFirst()
        }
        return due.sorted()
    }

    mutating func add(_ pair: Pair) { pairs.insert(pair) }

    mutating func takePairs() -> Set<Pair> {
        defer { pairs = [] }
        return pairs
    }

    private mutating func removeFirst() {
        let last = looks.removeLast()
        guard !looks.isEmpty else { return }
        looks[0] = last
        var place = 0
        while true {
            let left = 2 * place + 1
            guard left < looks.count else { return }
            let right = left + 1
            let next = right < looks.count && looks[right].at < looks[left].at ? right : left
            guard looks[next].at < looks[place].at else { return }
            looks.swapAt(place, next)
            place = next
        }
    }

    static func == (left: Self, right: Self) -> Bool { true }
    func hash(into hasher: inout Hasher) {}
}
