import CoreMetrics
import NIOCore
import SignalDomain

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

    /// Whether the message rate of the sender's address admits one more message.
    func admitMessage(from seat: Session.Seat) -> Admission {
        guard !seat.isExempt else { return .admitted }
        let verdict = addresses.admitMessage(seat.address, nowMs: clock.monotonicMs())
        guard case .refused = verdict else { return .admitted }
        metrics.rateLimited.increment()
        return configuration.rates.dryRun ? .admitted : verdict
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
        }
    }
}
