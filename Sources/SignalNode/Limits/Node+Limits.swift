import CoreMetrics
import NIOCore
public import SignalDomain
import Synchronization

/// What the addresses of clients may use of the node.
extension Node {
    /// Takes a connection slot of the address. Nil = refused; false = let in without one.
    func takeSlot(_ address: AddressKey, isExempt: Bool) -> Bool? {
        if isExempt { return false }
        if addresses.open(address) { return true }
        metrics.rateLimited.increment()
        return configuration.rates.dryRun ? false : nil
    }

    func release(_ seat: Session.Seat) { releaseSlot(seat.address, hasSlot: seat.hasSlot) }

    func releaseSlot(_ address: AddressKey, hasSlot: Bool) {
        if hasSlot { addresses.close(address) }
    }

    /// Whether the rates of one address leave this client alone.
    public func isExempt(_ client: ClientAddress) -> Bool { exempt.contains(client) }

    /// Charges the sender's address for a message that counts as `cost` of them.
    func charge(_ seat: Session.Seat, _ cost: Int) -> Admission {
        charge(seat.address, isExempt: seat.isExempt, cost)
    }

    func charge(_ address: AddressKey, isExempt: Bool, _ cost: Int) -> Admission {
        guard !isExempt else { return .admitted }
        let verdict = addresses.admitMessage(address, cost: cost, nowMs: clock.monotonicMs())
        guard case .refused = verdict, configuration.rates.dryRun else { return verdict }
        metrics.rateLimited.increment()
        return .admitted
    }

    /// What a broadcast to a room of so many members costs, in messages.
    func price(ofBroadcastTo members: Int) -> Int {
        let unit = configuration.abuse.broadcastUnitMembers
        guard unit > 0, members > unit else { return 1 }
        return members / unit + (members % unit > 0 ? 1 : 0)
    }

    func makeRepeats() -> RepeatedPayloads {
        var limits = RepeatedPayloads.Limits()
        limits.maxEqual = configuration.messages.duplicatePayloadLimit
        limits.windowMs = Int64(configuration.messages.duplicateWindowMs)
        return RepeatedPayloads(limits: limits)
    }

    func pruneAddresses() {
        shards.first?.loop.scheduleRepeatedTask(initialDelay: .seconds(60), delay: .seconds(60)) { [weak self] task in
            guard let self else { return task.cancel() }
            addresses.prune(nowMs: clock.monotonicMs())
            ice.prune(nowMs: clock.monotonicMs())
            tokenFailures.withLock { $0.prune(nowMs: clock.monotonicMs()) }
        }
    }
}
