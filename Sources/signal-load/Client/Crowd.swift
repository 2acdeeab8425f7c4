import NIOCore

/// The clients of one event loop: opens them a few at a time, notices every loss, lets them leave together.
///
/// Confined to its event loop.
final class Crowd: ClientObserver {
    /// What to do with a text message, by the client's index. Set before `connect`.
    var onText: (Int, ByteBuffer) -> Void = { _, _ in }
    private(set) var connected = 0
    /// Clients that the server closed, and the first reason.
    private(set) var losses = 0
    private(set) var firstLoss: String?
    private(set) var clients: [LoadClient] = []

    private let loop: any EventLoop
    /// Handshakes under way at a time: enough to keep a server busy, below every accept backlog.
    private let concurrentHandshakes = 64
    private var started = 0
    private var goal = 0
    private var opening: EventLoopPromise<Void>?
    private var leaving: EventLoopPromise<Void>?
    private var isLeaving = false

    init(seats: [Seat], loop: any EventLoop) {
        self.loop = loop
        clients = seats.enumerated().map { LoadClient(index: $0, seat: $1, observer: self) }
    }

    /// Opens the first `count` clients (those that are not open yet).
    ///
    /// - Returns: fails with `ConnectFailure` on the first refused client or after `timeout`.
    func connect(_ count: Int, timeout: TimeAmount) -> EventLoopFuture<Void> {
        goal = min(count, clients.count)
        guard connected < goal else { return loop.makeSucceededVoidFuture() }
        let promise = loop.makePromise(of: Void.self)
        opening = promise
        let crowd = NIOLoopBound(self, eventLoop: loop)
        let deadline = loop.scheduleTask(in: timeout) {
            let (open, goal) = (crowd.value.connected, crowd.value.goal)
            crowd.value.failOpening(
                "only \(open) of \(goal) clients were welcomed in \(timeout.nanoseconds / 1_000_000) ms")
        }
        promise.futureResult.whenComplete { _ in deadline.cancel() }
        for _ in 0..<max(0, min(concurrentHandshakes, goal - started)) { startNext() }
        return promise.futureResult
    }

    /// Every client says goodbye; those whose server does not answer within `patience` are cut.
    func leave(patience: TimeAmount) -> EventLoopFuture<Void> {
        isLeaving = true
        guard connected > 0 else { return loop.makeSucceededVoidFuture() }
        let promise = loop.makePromise(of: Void.self)
        leaving = promise
        for client in clients where client.isOpen { client.leave() }
        let crowd = NIOLoopBound(self, eventLoop: loop)
        let deadline = loop.scheduleTask(in: patience) {
            for client in crowd.value.clients { client.abandon() }
        }
        promise.futureResult.whenComplete { _ in deadline.cancel() }
        return promise.futureResult
    }

    func clientDidOpen(_ client: LoadClient) {
        connected += 1
        if connected == goal {
            opening.take()?.succeed()
        } else if started < goal, opening != nil {
            startNext()
        }
    }

    func client(_ client: LoadClient, didReceive text: ByteBuffer) {
        onText(client.index, text)
    }

    func clientDidClose(_ client: LoadClient, reason: String?) {
        if let reason, opening != nil { return failOpening(reason) }
        guard client.wasWelcomed else { return }
        connected -= 1
        if let reason, !isLeaving {
            losses += 1
            firstLoss = firstLoss ?? reason
        }
        if connected == 0 { leaving.take()?.succeed() }
    }

    private func startNext() {
        let client = clients[started]
        started += 1
        client.connect(on: loop)
    }

    private func failOpening(_ reason: String) {
        guard let promise = opening.take() else { return }
        isLeaving = true
        for client in clients.prefix(started) { client.abandon() }
        promise.fail(ConnectFailure(reason: reason))
    }
}

/// A connection could not be made; the reason is a sentence for the operator.
struct ConnectFailure: Error, CustomStringConvertible {
    let reason: String
    var description: String { "a connection could not be made: \(reason)" }
}
