import CoreMetrics
import NIOCore
public import SignalDomain
import Synchronization

/// The rules by which addresses are kept out, and the table that says whose they are.
///
/// Safe from any thread: a `Mutex` guards two references, held for a look-up.
final class BlockList: Sendable {
    private struct State {
        /// Those of the node's file.
        var rules = BlockRules()
        /// Those that operators have given to all nodes.
        var clusterRules = BlockRules()
        var networks = NetworkTable.empty
    }

    private let state = Mutex(State())

    func use(rules: BlockRules) { state.withLock { $0.rules = rules } }
    func use(networks: NetworkTable) { state.withLock { $0.networks = networks } }

    /// - Parameter rules: asked for under the lock, so that of two changes at once the later one stays.
    func use(clusterRules rules: () -> BlockRules) { state.withLock { $0.clusterRules = rules() } }

    /// Whether it is known which network announces which address.
    var hasNetworks: Bool { state.withLock { $0.networks.count > 0 } }

    func network(of client: ClientAddress) -> UInt32? { state.withLock { $0.networks.network(of: client) } }

    func blocks(_ client: ClientAddress, at now: Timestamp) -> Bool {
        state.withLock { state in
            guard state.rules.count > 0 || state.clusterRules.count > 0 else { return false }
            let needsNetworks = state.rules.needsNetworks || state.clusterRules.needsNetworks
            let network = needsNetworks ? state.networks.network(of: client) : nil
            return state.rules.blocks(client, network: network, at: now)
                || state.clusterRules.blocks(client, network: network, at: now)
        }
    }
}

/// Who is kept out by address, whatever the door: this is the one place that asks, for the node's own rules and for those
/// of the whole cluster.
extension Node {
    /// Whether nobody may connect from this address.
    public func isBlocked(_ client: ClientAddress) -> Bool {
        guard blockList.blocks(client, at: clock.wall()) else { return false }
        metrics.blocked.increment()
        return true
    }

    /// From now on these rules hold, also for sockets that are open: they are closed with 4403.
    public func use(blockRules: BlockRules) {
        blockList.use(rules: blockRules)
        closeBlocked()
    }

    /// From now on this table says to which network an address belongs.
    public func use(networks: NetworkTable) {
        blockList.use(networks: networks)
        closeBlocked()
    }

    /// From now on the blocks hold that operators have given to the whole cluster.
    func useClusterBlocks() {
        let now = clock.wall().milliseconds
        blockList.use(clusterRules: { BlockRules(moderation.blocks(now: now)) })
        closeBlocked()
    }

    private func closeBlocked() {
        for handle in shards {
            handle.onLoop { shard in
                for session in shard.sessions { session.reviewBlocks() }
            }
        }
        reviewWatches(of: nil)
        events.end(where: isBlocked)
    }
}

extension Session {
    /// Ends when its address may not be here.
    func reviewBlocks() {
        guard case .open = state.value.phase, node.isBlocked(seat.client) else { return }
        end(.banned)
    }
}
