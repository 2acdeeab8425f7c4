import Foundation
import Logging
import NIOCore
import ServiceLifecycle
import SignalDomain
import SignalNode
import SignalTransport
import UnixSignals

/// The life of the process: start, serve, and go away as cluster.md §2.6 says.
///
/// SIGTERM drains: balancers notice first, and until then an operator may take it back; then the sockets close in waves.
/// SIGINT closes at once, for a person at a terminal waits; SIGHUP reads the files of the settings anew. A second signal
/// exits immediately.
struct NodeService: Service {
    let node: Node
    let server: SignalServer
    let reload: Reload
    let logger: Logger

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        // A busy port must not leave a lease behind.
        try await server.start()
        node.start()
        logger.info(
            "signal-node.started",
            metadata: [
                "port": .stringConvertible(server.localAddress?.port ?? 0),
                "backplane": node.status.backplane == .none ? "embedded" : "redis",
            ])
        if node.isOpen {
            logger.warning(
                "signal-node.open",
                metadata: [
                    "meaning": "no token is set: anybody may join every room",
                    "setting": "SIGNAL_TOKEN_SHA256, JWT_KEYS_FILE or POLICY_FILE",
                ])
        }
        Task {
            for await _ in hangups { await reload.run(logger, audit: node.audit) }
        }
        var received = signals.makeAsyncIterator()
        while true {
            let signal = await received.next() ?? .sigint
            logger.info("signal-node.stopping", metadata: ["signal": "\(signal)"])
            let impatience = [exitAtOnceOnAnotherSignal(), exitAtTheLatest()]
            if await stop(gently: signal == .sigterm) { break }
            for task in impatience { task.cancel() }
            logger.info("signal-node.stop-called-off", metadata: ["by": "undrain"])
        }
        logger.info("signal-node.stopped")
    }

    /// Answers false when the drain was taken back while balancers were given their time: the node serves on.
    private func stop(gently: Bool) async -> Bool {
        let drain = node.configuration.drain
        node.beginDrain()
        node.audit.record(AuditEntry(.drain, by: .node, detail: gently ? "SIGTERM" : "SIGINT"))
        if gently { try? await Task.sleep(for: .seconds(drain.balancerSeconds)) }
        guard node.beginClosing() else { return false }
        if gently {
            let waves = Double(max(0, drain.seconds - drain.balancerSeconds))
            await node.closeSessions(.restart, over: node.metrics.activeConnections > 0 ? waves : 0)
        } else {
            await node.closeSessions(.draining, over: 0)
        }
        await server.shutdown()
        await node.retire()
        await node.audit.close()
        return true
    }

    private func exitAtOnceOnAnotherSignal() -> Task<Void, any Error> {
        Task {
            for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) { exit(1) }
        }
    }

    private func exitAtTheLatest() -> Task<Void, any Error> {
        let seconds = node.configuration.drain.hardExitSeconds
        return Task {
            try await Task.sleep(for: .seconds(seconds))
            logger.error("signal-node.drain-stuck", metadata: ["seconds": .stringConvertible(seconds)])
            exit(1)
        }
    }
}
