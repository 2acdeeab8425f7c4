import SignalDomain
import Synchronization

/// How many sockets every address has that no connection slot counts: those that speak HTTP, whatever they do, and
/// WebSockets without a session, which only wait for their end.
///
/// Safe from any thread: one `Mutex`, held for a look-up. An address without such a socket takes no memory.
final class AddressSockets: Sendable {
    private struct Count {
        var open = 0
        /// Those that have no request in work.
        var silent = 0
    }

    private let counts = Mutex<[AddressKey: Count]>([:])
    private let maxOpen: Int
    private let maxSilent: Int

    /// - Parameters:
    ///   - maxOpen: the most sockets of one address; 0 = no limit.
    ///   - maxSilent: the most of them that may be silent for long; 0 = no limit.
    init(maxOpen: Int, maxSilent: Int) {
        self.maxOpen = maxOpen
        self.maxSilent = maxSilent
    }

    /// Addresses that take memory.
    var count: Int { counts.withLock { $0.count } }

    /// Counts a socket, which needs exactly one `remove`.
    ///
    /// - Returns: whether the address may have it.
    func add(_ address: AddressKey) -> Bool {
        counts.withLock { counts in
            counts[address, default: Count()].open += 1
            return maxOpen == 0 || counts[address, default: Count()].open <= maxOpen
        }
    }

    /// - Parameter isSilent: whether the socket is among the silent ones.
    func remove(_ address: AddressKey, isSilent: Bool) {
        counts.withLock { counts in
            guard var count = counts[address] else { return }
            count.open -= 1
            if isSilent { count.silent -= 1 }
            counts[address] = count.open > 0 ? count : nil
        }
    }

    func countSilent(_ change: Int, of address: AddressKey) {
        counts.withLock { $0[address]?.silent += change }
    }

    /// Takes one of the silent sockets of an address out of the count if they are too many: that one has to go. However
    /// many loops ask at once, no more go than have to.
    func takeSilent(of address: AddressKey) -> Bool {
        counts.withLock { counts in
            guard maxSilent > 0, let silent = counts[address]?.silent, silent > maxSilent else { return false }
            counts[address]?.silent -= 1
            return true
        }
    }
}
