/// What sweeps over the pieces have found so far.
///
/// The reference loop is the same for all pieces, so its shortest turn of the whole run counts for each of them.
struct Sweeps {
    private var reference = Double.infinity
    /// The shortest turn of each sweep, by the name of the piece.
    private var pieces: [String: [Double]] = [:]

    mutating func note(_ times: Probe.Times, of name: String) {
        reference = min(reference, times.reference)
        pieces[name, default: []].append(times.piece)
    }

    /// The CPU ratio of the piece in its best sweep; nil before the first.
    func best(_ name: String) -> Double? { pieces[name]?.min().map(ratio) }

    /// The CPU ratio of the piece in the middle of its sweeps: how they differ is in it.
    func median(_ name: String) -> Double? {
        pieces[name].map { times in ratio(times.sorted()[times.count / 2]) }
    }

    private func ratio(_ time: Double) -> Double { (time / reference * 1_000).rounded() / 1_000 }
}
