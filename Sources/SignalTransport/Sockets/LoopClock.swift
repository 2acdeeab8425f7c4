import NIOCore

/// The time by which deadlines of sockets are measured: it stands still while the process does.
///
/// After a pause (a stopped process, a starved machine) the peers' answers wait unread in the kernel; taking the pause
/// for their silence would close every one of them.
struct LoopClock {
    /// The time of the last look: exact enough for every deadline that is watched with it.
    private(set) var now: NIODeadline
    private var lastLook: NIODeadline
    private let longestStep: TimeAmount

    /// - Parameter interval: the time between two looks.
    init(startingAt real: NIODeadline, interval: TimeAmount) {
        now = real
        lastLook = real
        longestStep = max(.seconds(1), .nanoseconds(interval.nanoseconds * 4))
    }

    /// Takes the real time; of a longer gap only one long step counts.
    mutating func advance(to real: NIODeadline) {
        now = now + min(max(real - lastLook, .zero), longestStep)
        lastLook = real
    }
}
