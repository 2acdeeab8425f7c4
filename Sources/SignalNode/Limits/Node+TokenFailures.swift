import CoreMetrics
import SignalDomain
import Synchronization

/// Wrong tokens, tickets and invite codes, counted by the address that no header can forge: a header counts only when a trusted proxy wrote it.
extension Node {
    /// Why a token that comes from this client is not worth a look; nil = it is.
    func tooManyWrong(from client: ClientAddress) -> Refusal? {
        guard !exempt.contains(client) else { return nil }
        let now = clock.monotonicMs()
        let verdict = tokenFailures.withLock { $0.admit(AddressKey(client), nowMs: now) }
        guard case .refused(let retryAfterMs) = verdict else { return nil }
        metrics.rateLimited.increment()
        guard !configuration.rates.dryRun else { return nil }
        return .tooManyFailures(retryAfterSeconds: Int(clamping: (retryAfterMs + 999) / 1_000))
    }

    /// Counts a wrong token; the one with which the address has had enough is audited.
    ///
    /// - Returns: milliseconds by which the answer should come late.
    func noteWrongToken(from client: ClientAddress) -> Int64 {
        guard !exempt.contains(client) else { return 0 }
        let now = clock.monotonicMs()
        let (delay, verdict) = tokenFailures.withLock {
            ($0.record(AddressKey(client), nowMs: now), $0.admit(AddressKey(client), nowMs: now))
        }
        if case .refused(let retryAfterMs) = verdict {
            audit.record(
                AuditEntry(
                    .tokenFailures, by: .anonymous, from: client, result: .refused(code: Refusal.invalidToken.code),
                    detail: "no token is looked at for \(retryAfterMs / 1_000) s"))
        }
        return configuration.rates.dryRun ? 0 : delay
    }
}

extension TokenFailures.Limits {
    init(_ abuse: NodeConfiguration.Abuse) {
        self.init()
        max = abuse.tokenFailures
        windowMs = Int64(abuse.tokenFailureWindowMs)
    }
}
