/// A server of the rig that can be harmed: a process of this machine, or one in a container.
protocol ServerProcess: Sendable {
    var name: String { get }
    var isRunning: Bool { get }
    /// Sends a signal, unless the process has ended; SIGSTOP and SIGCONT stand for any way to stop it and let it go on.
    func signal(_ number: Int32) throws
    /// How it ended, for a sentence about that, as `signal 11`; while it runs that it does.
    var ending: String { get }
    /// Waits for the end; false when the time is over first.
    func ended(within limit: Duration) async throws -> Bool
    /// The end of what it has logged, for a sentence about its failure.
    func lastLines() -> String
}
