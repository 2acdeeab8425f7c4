import Backplane
import Crypto
import SignalDomain
import Synchronization

/// What every client address uses of this node, and of the others as far as their heartbeats tell.
///
/// Safe from any thread: one `Mutex`, held for a look-up, or for a walk over the known addresses once per heartbeat.
final class AddressLedger: Sendable {
    private struct State {
        var budget: AddressBudget
        /// The names of addresses that were needed, until the next `prune`.
        var codes: [AddressKey: AddressCode] = [:]
        /// Per shard, each of which hears of the same nodes.
        var elsewhere: [AddressTotals]
    }

    private let state: Mutex<State>
    private let limits: AddressBudget.Limits
    private let key: SymmetricKey

    /// - Parameter key: hashes the addresses that others hear of; equal on all nodes.
    init(_ configuration: NodeConfiguration, shards: Int, key: SymmetricKey) {
        var limits = AddressBudget.Limits()
        limits.maxConnections = configuration.rates.connectionsPerIP
        limits.maxMessages = configuration.rates.messagesPerMinute
        limits.counting = configuration.abuse.counting
        self.limits = limits
        self.key = key
        state = Mutex(
            State(
                budget: AddressBudget(limits: limits),
                elsewhere: Array(repeating: AddressTotals(), count: max(shards, 1))))
    }

    /// Takes a connection slot, or says no; a true answer needs exactly one `close`.
    func open(_ address: AddressKey) -> Bool {
        state.withLock { state in
            state.budget.open(address, elsewhere: elsewhere(of: address, \.connections, &state))
        }
    }

    func close(_ address: AddressKey) {
        state.withLock { $0.budget.close(address) }
    }

    /// Counts a message as `cost` of them.
    func admitMessage(_ address: AddressKey, cost: Int, nowMs: Int64) -> Admission {
        state.withLock { state in
            state.budget.admitMessage(
                address, cost: cost, elsewhere: elsewhere(of: address, \.messages, &state), nowMs: nowMs)
        }
    }

    /// Open connections that hold a slot.
    func connections(of address: AddressKey) -> Int { state.withLock { $0.budget.connections(of: address) } }

    /// Addresses that take memory.
    var count: Int { state.withLock { $0.budget.count } }

    func prune(nowMs: Int64) {
        state.withLock { state in
            state.budget.prune(nowMs: nowMs)
            state.codes.removeAll()
        }
    }

    // MARK: The other nodes

    /// What the others should know: addresses that use at least the share of a limit that `nodes` nodes can leave
    /// untold without letting an address have more than half of the limit twice.
    func loads(nodes: Int, nowMs: Int64) -> [AddressLoad] {
        guard nodes > 1 else { return [] }
        return state.withLock { state in
            let busiest = state.budget.busiest(
                connections: limits.maxConnections / (2 * nodes), messages: limits.maxMessages / (2 * nodes),
                limit: NodeReport.maxLoads, nowMs: nowMs)
            return busiest.map { load in
                AddressLoad(
                    code: code(of: load.key, &state), connections: load.connections, messages: load.messages)
            }
        }
    }

    /// Takes what addresses use on the other nodes of a shard, in the place of what was known before.
    func learn(_ totals: AddressTotals, shard: Int) {
        state.withLock { $0.elsewhere[shard] = totals }
    }

    private func elsewhere(
        of address: AddressKey, _ kind: KeyPath<AddressTotals, [AddressCode: Int]>, _ state: inout State
    ) -> Int {
        // Mostly nobody tells anything, and a message that asks for nothing more costs nothing more.
        guard state.elsewhere.contains(where: { !$0.isEmpty }) else { return 0 }
        let code = code(of: address, &state)
        return state.elsewhere.reduce(0) { max($0, $1[keyPath: kind][code] ?? 0) }
    }

    private func code(of address: AddressKey, _ state: inout State) -> AddressCode {
        if let code = state.codes[address] { return code }
        let hash = HMAC<SHA256>.authenticationCode(for: Array("bs:a:\(address)".utf8), using: key)
        let code = AddressCode(bits: hash.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
        state.codes[address] = code
        return code
    }
}
