import NIOCore

/// Clients that connect, join, leave and come again, each as soon as its predecessor's socket has closed.
///
/// Confined to one event loop.
final class Churn: ClientObserver {
    /// Visits that ended well.
    private(set) var visits = 0
    private(set) var failures = 0
    private(set) var firstFailure: String?

    private let seats: [Seat]
    private let loop: any EventLoop
    private var present: [LoadClient?]
    private var isRunning = false
    private var emptied: EventLoopPromise<Void>?

    init(seats: [Seat], loop: any EventLoop) {
        (self.seats, self.loop) = (seats, loop)
        present = Array(repeating: nil, count: seats.count)
    }

    func start() {
        isRunning = true
        for index in seats.indices { visit(index) }
    }

    /// Sends nobody in again; done when the last visitor has gone, or is cut after `patience`.
    func stop(patience: TimeAmount) -> EventLoopFuture<Void> {
        isRunning = false
        guard present.contains(where: { $0 != nil }) else { return loop.makeSucceededVoidFuture() }
        let promise = loop.makePromise(of: Void.self)
        emptied = promise
        let churn = NIOLoopBound(self, eventLoop: loop)
        let deadline = loop.scheduleTask(in: patience) { churn.value.cut() }
        promise.futureResult.whenComplete { _ in deadline.cancel() }
        return promise.futureResult
    }

    func clientDidOpen(_ client: LoadClient) {
        client.leave()
    }

    func client(_ client: LoadClient, didReceive text: ByteBuffer) {}

    func clientDidClose(_ client: LoadClient, reason: String?) {
        present[client.index] = nil
        if let reason {
            failures += 1
            firstFailure = firstFailure ?? reason
        } else {
            visits += 1
            if isRunning { return visit(client.index) }
        }
        if present.allSatisfy({ $0 == nil }) { emptied.take()?.succeed() }
    }

    private func visit(_ index: Int) {
        let client = LoadClient(index: index, seat: seats[index], observer: self)
        present[index] = client
        client.connect(on: loop)
    }

    private func cut() {
        for client in present { client?.abandon() }
        failures += present.count { $0 != nil }
        firstFailure = firstFailure ?? "a closed connection stayed open"
        emptied.take()?.succeed()
    }
}
