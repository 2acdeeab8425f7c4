/// How often each of some kinds happened.
package struct Counts<Kind: CaseIterable & RawRepresentable & Sendable>: Sendable, Equatable
where Kind.RawValue == Int {
    private var values = Array(repeating: 0, count: Kind.allCases.count)

    package init() {}

    package subscript(kind: Kind) -> Int {
        get { values[kind.rawValue] }
        set { values[kind.rawValue] = newValue }
    }

    package var sum: Int { values.reduce(0, +) }

    static func + (one: Self, other: Self) -> Self { one.combined(with: other, +) }
    static func - (one: Self, other: Self) -> Self { one.combined(with: other, -) }

    private func combined(with other: Self, _ operation: (Int, Int) -> Int) -> Self {
        var result = self
        result.values = zip(values, other.values).map(operation)
        return result
    }
}
