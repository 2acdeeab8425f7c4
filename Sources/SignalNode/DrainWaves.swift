/// When the sessions of one event loop hear of a drain, and when they close: evenly one after the other, each the same
/// notice before its own close. Pure.
struct DrainWaves: Sendable, Equatable {
    /// From the notice to the close, in milliseconds.
    let noticeMs: Int64
    private let sessions: Int
    private let spreadMs: Double

    /// - Parameters:
    ///   - seconds: from now to the last close; 0 closes everything at once.
    ///   - noticeMs: the wish; a drain gives at most half of its time to it.
    init(sessions: Int, seconds: Double, noticeMs: Int) {
        let wholeMs = max(0, seconds) * 1_000
        let notice = min(Double(max(0, noticeMs)), wholeMs / 2)
        self.sessions = max(1, sessions)
        self.noticeMs = Int64(notice)
        spreadMs = wholeMs - notice
    }

    /// When the session at `index` hears of it, in milliseconds from the beginning.
    func announcedMs(_ index: Int) -> Int64 { Int64(spreadMs * Double(index) / Double(sessions)) }
}
