import SignalDomain
import SignalNode

/// One socket's place among those of its address that no connection slot counts.
///
/// Confined to the event loop of its socket, which calls `leave` at its end.
struct AddressPlace {
    private let settings: TransportSettings
    /// Nil while nobody counts the socket.
    private var address: AddressKey?
    private var isSilent = false

    init(_ settings: TransportSettings) { self.settings = settings }

    /// Counts the socket for `client`, and for nobody else. Trusted proxies, behind whom many clients stand, and exempt
    /// blocks are not counted, and nobody is while the sockets of an address have no limit.
    ///
    /// - Returns: whether the address may have it.
    mutating func take(for client: ClientAddress) -> Bool {
        leave()
        let rates = settings.configuration.rates
        guard rates.connectionsPerIP > 0, !settings.origin.isTrusted(client), !settings.node.isExempt(client) else {
            return true
        }
        let key = AddressKey(client)
        address = key
        if settings.addresses.add(key) { return true }
        settings.node.metrics.socketRefused()
        return rates.dryRun
    }

    mutating func leave() {
        guard let address else { return }
        settings.addresses.remove(address, isSilent: isSilent)
        self.address = nil
        isSilent = false
    }

    /// Counts the socket among the silent ones of its address, or no longer.
    mutating func settle(isSilent: Bool) {
        guard let address, self.isSilent != isSilent else { return }
        self.isSilent = isSilent
        settings.addresses.countSilent(isSilent ? 1 : -1, of: address)
    }

    /// Whether the socket, which has been silent for long, has to go because its address has too many of the kind.
    mutating func givesWay() -> Bool {
        guard isSilent, let address, settings.addresses.takeSilent(of: address) else { return false }
        isSilent = false
        return true
    }
}
