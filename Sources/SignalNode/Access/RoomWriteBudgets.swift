import SignalDomain
import Synchronization

/// How many signals peers without a token have sent in each room through this node in the last minute.
///
/// Safe from any thread: one `Mutex`, which only rooms with such a budget take.
final class RoomWriteBudgets: Sendable {
    private static let windowMs: Int64 = 60_000

    private struct State {
        var windows: [RoomKey: FixedWindow] = [:]
        /// Old windows are cleared away when there are this many.
        var threshold = 1_024
    }

    private let state = Mutex(State())

    func admit(_ room: RoomKey, limit: Int, nowMs: Int64) -> Admission {
        state.withLock { state in
            if state.windows.count >= state.threshold {
                state.windows = state.windows.filter { !$1.isOver(windowMs: Self.windowMs, nowMs: nowMs) }
                state.threshold = max(1_024, state.windows.count * 2)
            }
            return state.windows[room, default: FixedWindow(startedMs: nowMs)]
                .admit(limit: limit, windowMs: Self.windowMs, nowMs: nowMs)
        }
    }
}
