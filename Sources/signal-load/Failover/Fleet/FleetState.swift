/// How the clients of a fleet are at one moment.
struct FleetState: Sendable, CustomStringConvertible {
    /// Clients that have not left, vanished or given up.
    var living = 0
    var open = 0
    /// Open clients that are not connected to their first choice.
    var astray = 0
    /// Reliable signals that wait for their final outcome.
    var unfinished = 0
    /// Open clients that do not see exactly the living others of their room.
    var wrongViews = 0

    /// Everybody is connected and sees the others.
    var isWhole: Bool { open == living && wrongViews == 0 }

    /// Nothing is under way either.
    var isQuiet: Bool { isWhole && unfinished == 0 }

    var description: String {
        "\(open) of \(living) clients open, \(astray) astray, \(unfinished) signals unfinished, \(wrongViews) views wrong"
    }
}
