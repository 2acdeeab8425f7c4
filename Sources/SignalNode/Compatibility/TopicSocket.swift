import NIOCore
import SignalDomain

/// The socket of a `/topics` connection as the session of one of its topics sees it. Confined to the socket's loop.
final class TopicSocket: SessionSocket {
    private weak var connection: TopicsConnection?
    private(set) var isPaused = false

    init(of connection: TopicsConnection) {
        self.connection = connection
    }

    func send(_ frame: ByteBuffer, from sender: Session?) { connection?.send(frame, from: sender) }

    /// What ends one subscription for good ends the connection: its client knows no other way to be told.
    func close(_ reason: CloseReason) { connection?.close(reason) }

    func pauseReading() {
        guard !isPaused else { return }
        isPaused = true
        connection?.pause()
    }

    func resumeReading() {
        guard isPaused else { return }
        isPaused = false
        connection?.resume()
    }
}
