/// The time to live of a registration.
public enum RendezvousTTL {
    /// The actual time to live in milliseconds: absent is the default; a finite number of at least 1 is brought into
    /// the bounds.
    ///
    /// - Throws: `invalidTTL` for anything else. A caller whose JSON carries no number throws the same itself.
    public static func normalize(
        _ ttlMs: Double?, bounds: RendezvousBounds = RendezvousBounds()
    ) throws(RendezvousError) -> Int64 {
        guard let ttlMs else { return bounds.defaultTTLMs }
        guard ttlMs.isFinite, ttlMs >= 1 else { throw .invalidTTL }
        if ttlMs >= Double(bounds.maxTTLMs) { return bounds.maxTTLMs }
        return max(bounds.minTTLMs, Int64(ttlMs))
    }
}
