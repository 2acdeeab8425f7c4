import CoreMetrics
import NIOCore
import SignalDomain

/// What subscribers of a topic say to each other (docs/compatibility.md).
extension Session {
    /// A `publish` for the topic of this session.
    func publish(_ message: ByteBuffer, _ socket: any SessionSocket) {
        countMessage()
        guard chargeBroadcast(socket) else { return }
        message.withUnsafeReadableBytes { bytes in
            do throws(ScanError) {
                let scanned = try MessageScanner.scan(bytes, limits: node.scanLimits)
                if let refusal = refusal(of: bytes) { return reject(socket, refusal) }
                cluster.post(.publication(TopicMessage.opened(scanned, in: bytes), self))
            } catch {
                reject(socket, error.code)
            }
        }
    }
}
