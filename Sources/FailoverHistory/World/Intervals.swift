/// Disjoint half-open spans of time, in order.
struct Intervals: Sendable, Equatable {
    private(set) var spans: [Range<Int64>]

    /// - Parameter spans: in any order, may overlap; empty ones vanish.
    init(_ spans: [Range<Int64>] = []) {
        self.spans = []
        for span in spans.sorted(by: { $0.lowerBound < $1.lowerBound }) where !span.isEmpty {
            if let last = self.spans.last, span.lowerBound <= last.upperBound {
                self.spans[self.spans.count - 1] = last.lowerBound..<max(last.upperBound, span.upperBound)
            } else {
                self.spans.append(span)
            }
        }
    }

    func contains(_ moment: Int64) -> Bool { spans.contains { $0.contains(moment) } }

    func overlaps(_ span: Range<Int64>) -> Bool { spans.contains { $0.overlaps(span) } }

    func union(_ other: Intervals) -> Intervals { Intervals(spans + other.spans) }

    func intersection(_ window: Range<Int64>) -> Intervals { Intervals(spans.map { $0.clamped(to: window) }) }

    func subtracting(_ other: Intervals) -> Intervals {
        guard !other.spans.isEmpty else { return self }
        var rest: [Range<Int64>] = []
        for span in spans {
            var from = span.lowerBound
            for hole in other.spans where hole.overlaps(span) {
                if from < hole.lowerBound { rest.append(from..<hole.lowerBound) }
                from = max(from, hole.upperBound)
            }
            if from < span.upperBound { rest.append(from..<span.upperBound) }
        }
        return Intervals(rest)
    }

    /// What lies in exactly one of the two.
    func symmetricDifference(_ other: Intervals) -> Intervals {
        subtracting(other).union(other.subtracting(self))
    }
}

extension Range<Int64> {
    var length: Int64 { upperBound - lowerBound }
}
