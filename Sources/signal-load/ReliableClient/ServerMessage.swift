import FailoverHistory

/// A message of a dialect 2 server, as far as this client reads it.
enum ServerMessage: Equatable {
    case welcome(Welcome)
    /// The rest of a long `welcome` or `resync`.
    case members(MemberPage)
    case resync(MemberPage)
    case peerJoined(String)
    case peerLeft(String, reason: String)
    case peerUpdated(String)
    case reliable(ReliableSignal)
    /// A directed signal without `id`, with the number that its sender gave it.
    case bestEffort(from: String, number: Int)
    case receipt(Receipt)
    case goAway(retryAfterMs: Int?)
    case error(code: String)
    /// A `heartbeat-ack`, or something this client has no use for.
    case other

    struct Welcome: Equatable {
        var node = ""
        var resumed = false
        var members = MemberPage()
        var resumeToken = ""
        var windowMs = 30_000
        var heartbeatMs = 25_000
    }

    /// Names of other peers of the room; `hasMore` means that a `members` message follows.
    struct MemberPage: Equatable {
        var peers: [String] = []
        var hasMore = false
    }

    struct ReliableSignal: Equatable {
        let sequence: Int
        let sourceSession: String
        let sourcePeer: String
        let id: String
    }

    /// What became of the signal `id` toward `to`.
    struct Receipt: Equatable {
        let outcome: Outcome
        /// Empty for the `nack` of a best-effort signal.
        let id: String
        let to: String
        /// Of an `undeliverable`, which is confirmed like a signal.
        let sequence: Int?
    }
}
