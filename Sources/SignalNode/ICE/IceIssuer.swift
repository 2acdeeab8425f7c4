import SignalDomain
import Synchronization

/// Tells clients their STUN and TURN servers, and signs the credentials of the latter within budgets.
///
/// Safe from any thread: the secret and the budgets sit behind one `Mutex`, the number of the secret is atomic.
final class IceIssuer: Sendable {
    /// STUN needs no credentials, so there is nothing that runs out: a day stands for that.
    static let stunTTLMs: Int64 = 86_400_000

    /// Who asks.
    struct Client {
        /// Names the subject of a token, a peer or an address; never told to anybody as it is.
        var holder: String
        /// Nil where no rate limit holds.
        var address: AddressKey?
        /// The region that the client asks for.
        var region: String?
    }

    private struct State {
        var secret: String?
        var holders: KeyedWindows<String>
        var addresses: KeyedWindows<AddressKey>

        mutating func admit(_ client: Client, _ nowMs: Int64) -> Admission {
            if let address = client.address, case .refused(let wait) = addresses.admit(address, nowMs: nowMs) {
                return .refused(retryAfterMs: wait)
            }
            return holders.admit(client.holder, nowMs: nowMs)
        }
    }

    private let stun: [String]
    private let regions: [TurnRegion]
    private let ttlMs: Int64
    private let digest: @Sendable ([UInt8]) -> [UInt8]
    private let state: Mutex<State>
    private let serial = Atomic<Int>(0)

    /// - Parameter digest: a keyed hash of at least 18 bytes.
    init(_ configuration: NodeConfiguration, digest: @escaping @Sendable ([UInt8]) -> [UInt8]) {
        stun = configuration.stunURIs
        regions = configuration.turn.places ?? []
        ttlMs = Int64(configuration.turn.ttlSeconds) * 1_000
        self.digest = digest
        let limit = configuration.turn.credentialsPerMinute
        state = Mutex(
            State(
                secret: configuration.turn.secrets.first, holders: KeyedWindows(limit: limit),
                addresses: KeyedWindows(limit: limit)))
    }

    /// The number of the secret that signs now; another number than before means that secrets change.
    var secret: Int { serial.load(ordering: .relaxed) }

    /// Signs with another secret from now on, unless it is the same.
    func use(secret: String?) {
        state.withLock { state in
            guard state.secret != secret else { return }
            state.secret = secret
            serial.wrappingAdd(1, ordering: .relaxed)
        }
    }

    /// What a client is told whose room has no TURN, or who is not admitted to it.
    var stunOnly: IceOffer { IceOffer(stun: stun, ttlMs: Self.stunTTLMs, lease: nil) }

    /// What an admitted client is told.
    ///
    /// Over the budget it is STUN only, until the budget admits again.
    ///
    /// - Parameters:
    ///   - isRenewal: the node's own idea, which no budget counts.
    ///   - nowMs: milliseconds of a clock that never goes back.
    func offer(to client: Client, isRenewal: Bool = false, nowMs: Int64, wall: Timestamp) -> IceOffer {
        let (secret, verdict) = state.withLock { state -> (String?, Admission) in
            (state.secret, isRenewal || state.secret == nil ? .admitted : state.admit(client, nowMs))
        }
        guard let secret else { return stunOnly }
        if case .refused(let retryAfterMs) = verdict {
            let lease = IceLease(renewAtMs: nowMs + retryAfterMs, secret: self.secret, hasTURN: false)
            return IceOffer(stun: stun, ttlMs: retryAfterMs, lease: lease)
        }
        let hash = digest(Array("turn\u{0}\(client.holder)".utf8))
        let point = hash[10..<18].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let region = TurnRegion.pick(regions, hint: client.region, point: point) else { return stunOnly }
        let credential = TurnCredential(
            holder: Base32.encode(hash.prefix(10)), expiresAtMs: wall.milliseconds + ttlMs, secret: secret)
        // Not all at the same time, however many came together.
        let early = Int64.random(in: ttlMs / 10...ttlMs / 5)
        return IceOffer(
            stun: stun, turn: (region.uris, credential), ttlMs: ttlMs,
            lease: IceLease(renewAtMs: nowMs + ttlMs - early, secret: self.secret))
    }

    /// Because secrets change: when a session hears of it, so that not all restart their connections at once.
    func rotation(of lease: IceLease, nowMs: Int64) -> IceLease {
        let spread = min(30_000, ttlMs / 10)
        var lease = lease
        lease.renewAtMs = min(lease.renewAtMs, nowMs + .random(in: 0...spread))
        lease.secret = secret
        lease.advisesRestart = lease.hasTURN
        return lease
    }

    func prune(nowMs: Int64) {
        state.withLock { state in
            state.holders.prune(nowMs: nowMs)
            state.addresses.prune(nowMs: nowMs)
        }
    }
}
