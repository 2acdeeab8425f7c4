import CoreMetrics
public import SignalDomain
import Synchronization

/// The rules by which addresses are kept out, and the table that says whose they are.
///
/// Safe from any thread: a `Mutex` guards two references, held for a look-up.
final class BlockList: Sendable {
    private struct State {
        var rules = BlockRules()
        var networks = NetworkTable.empty
    }

    private let state = Mutex(State())

    func use(rules: BlockRules) { state.withLock { $0.rules = rules } }
    func use(networks: NetworkTable) { state.withLock { $0.networks = networks } }

    func blocks(_ client: ClientAddress, at now: Timestamp) -> Bool {
        state.withLock { state in
            guard state.rules.count > 0 else { return false }
            let network = state.rules.needsNetworks ? state.networks.network(of: client) : nil
            return state.rules.blocks(client, network: network, at: now)
        }
    }
}

/// Who is kept out by address, whatever the door: this is the one place that asks, so that what blocks an address over
/// the whole cluster is asked here too.
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

    private func closeBlocked() {
        for handle in shards {
            handle.onLoop { shard in
                for session in shard.sessions where self.isBlocked(session.seat.client) {
                    session.end(.banned)
                }
            }
        }
        reviewWatches(of: nil)
    }
}
