import Foundation
import NIOCore
import NIOPosix

/// Ends the processes and the harness when a run hangs.
enum RunDeadline {
    static func arm(seconds: Double) -> Scheduled<Void> {
        MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: TimeAmount(seconds: seconds)) {
            FileHandle.standardError.write(Data("the run did not end within \(Int(seconds)) s\n".utf8))
            ProcessLedger.shared.endAll()
            exit(3)
        }
    }
}
