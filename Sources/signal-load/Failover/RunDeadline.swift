import Foundation
import NIOCore
import NIOPosix

/// Ends the processes and the harness when a run hangs.
enum RunDeadline {
    /// How long a run may take to tell what it has seen.
    private static let grace = TimeAmount.seconds(60)

    /// - Parameter interrupt: asks the run to end; who does not within a minute is ended.
    static func arm(seconds: Double, _ interrupt: @escaping @Sendable () -> Void = {}) -> Scheduled<Void> {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        return loop.scheduleTask(in: TimeAmount(seconds: seconds)) {
            FileHandle.standardError.write(Data("the run did not end within \(Int(seconds)) s\n".utf8))
            interrupt()
            loop.scheduleTask(in: grace) {
                ProcessLedger.shared.endAll()
                exit(3)
            }
        }
    }
}
