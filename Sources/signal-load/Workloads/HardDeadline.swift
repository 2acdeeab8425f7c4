import Foundation
import NIOCore

/// Ends the process when a workload hangs; there is nothing to clean up that the kernel does not.
enum HardDeadline {
    static func arm(for workload: Workload, seconds: Double, on loop: any EventLoop) -> Scheduled<Void> {
        loop.scheduleTask(in: TimeAmount(seconds: seconds)) {
            let sentence = "\(workload.rawValue) did not end within \(Int(seconds)) s\n"
            FileHandle.standardError.write(Data(sentence.utf8))
            exit(3)
        }
    }
}
