/// Makes one input per case and checks what must hold for it.
protocol FuzzTarget {
    /// - Throws: `Finding` when a promise is broken. A trap is a finding, too: `CaseWitness` names its case.
    /// - Returns: whether the input was accepted.
    mutating func run(_ random: inout FuzzRandom) async throws(Finding) -> Bool
}

/// A promise that does not hold, with the input that shows it.
struct Finding: Error {
    let promise: String
    let input: [UInt8]

    init(_ promise: String, _ input: some Sequence<UInt8>) {
        self.promise = promise
        self.input = Array(input)
    }
}
