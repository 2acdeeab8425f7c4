/// Finds what somebody meant who mistyped a name.
enum NearestName {
    /// The candidate with the fewest edits, when that is few enough to be a typing error (a third of the letters).
    static func to(_ name: String, among candidates: [String]) -> String? {
        let ranked = candidates.map { (name: $0, edits: edits(Array(name), Array($0))) }
        guard let best = ranked.min(by: { $0.edits < $1.edits }), best.edits <= max(2, name.count / 3) else {
            return nil
        }
        return best.name
    }

    /// Insertions, deletions and replacements between two words (Levenshtein).
    static func edits(_ from: [Character], _ to: [Character]) -> Int {
        var row = Array(0...to.count)
        for (i, a) in from.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in to.enumerated() {
                let replaced = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[to.count]
    }
}
