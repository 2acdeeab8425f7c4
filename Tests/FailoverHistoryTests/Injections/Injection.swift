import FailoverHistory
import Testing

/// One kind of wrong, done to an honest history.
struct Injection: Sendable, CustomTestStringConvertible {
    let name: String
    /// The step of the honest history that it is done to.
    let step: Step
    /// The row of the goals that must fail; `nil` for what is allowed and only counted.
    let row: String?
    /// What the judge must count.
    let count: @Sendable (StepResult) -> Int
    /// Does it; returns how often, `nil` when the history has nothing to do it to.
    let spoil: @Sendable (inout History, inout SeededRandom) -> Int?

    var testDescription: String { name }

    init(
        _ name: String, in step: Step = .kill, fails row: String?, count: @escaping @Sendable (StepResult) -> Int,
        spoil: @escaping @Sendable (inout History, inout SeededRandom) -> Int?
    ) {
        self.name = name
        self.step = step
        self.row = row
        self.count = count
        self.spoil = spoil
    }

    static let all = signals + presence + sessions + processes
}
