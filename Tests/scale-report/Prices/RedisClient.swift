import Backplane
import Logging
import NIOCore
import RedisBackplane
import RedisWire
import ScaleSimulation

/// One node's real links to a real Redis, and a list of things that it sends.
///
/// Confined to `loop`.
final class RedisClient {
    private let backplane: RedisBackplane
    private let loop: any EventLoop
    private var list: [Dispatch] = []
    private var next = 0
    private var open = 0
    private var done: EventLoopPromise<Void>?
    /// Commands that a node has under way at one time.
    private static let window = 16

    init(_ node: NodeInstance, url: RedisURL, on loop: any EventLoop, up: EventLoopPromise<Void>) {
        self.loop = loop
        let settings = RedisBackplaneSettings(
            address: .server(url), link: .init(commandTimeout: .seconds(30)), leaseMs: 600_000)
        var logger = Logger(label: "scale")
        logger.logLevel = .warning
        backplane = RedisBackplane(settings: settings, on: loop, logger: logger)
        backplane.connect(as: node) { event in if case .up = event { up.succeed() } }
    }

    /// Sends all of them, in order.
    func send(_ list: [Dispatch]) -> EventLoopFuture<Void> {
        let promise = loop.makePromise(of: Void.self)
        (self.list, next, done) = (list, 0, promise)
        fill()
        return promise.futureResult
    }

    private func fill() {
        while open < Self.window, next < list.count {
            open += 1
            next += 1
            send(list[next - 1])
        }
        if open == 0 { done?.succeed() }
    }

    private func send(_ dispatch: Dispatch) {
        switch dispatch {
        case .command(let command):
            backplane.call(command) { [self] result in
                switch result {
                case .success(.fenced), .failure: landed(isFine: false)
                case .success: landed(isFine: true)
                }
            }
        case .frame(let frame, let nodes):
            var batch = InboxBatch()
            batch.append(frame)
            backplane.publish(batch.bytes, to: nodes) { [self] in landed(isFine: $0) }
        }
    }

    private func landed(isFine: Bool) {
        open -= 1
        if !isFine { done?.fail(RedisRefused()) }
        fill()
    }

    func close() { backplane.close() }
}

struct RedisRefused: Error, CustomStringConvertible {
    let description = "Redis refused a command of the measurement, or was too slow"
}
