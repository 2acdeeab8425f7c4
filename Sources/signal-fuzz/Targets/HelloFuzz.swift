import SignalDomain

/// What a client of dialect 2 says to the server: `hello`, commands and the targets of its signals.
///
/// Promises: no trap; an accepted hello has a session name of 16 to 64 characters, a number below 2⁵³, a valid peer ID
/// and metadata within their limit; accepted targets are 1 to 64 different names without the sender, and ids are short.
struct HelloFuzz: FuzzTarget {
    private static let maxMetadataBytes = 64

    func run(_ random: inout FuzzRandom) throws(Finding) -> Bool {
        let bytes = random.chance(70) ? MessageWriter.hello(&random) : MessageWriter.message(&random)
        return try Self.check(bytes)
    }

    /// Whether `bytes` are accepted; throws when a promise does not hold for them.
    static func check(_ bytes: [UInt8]) throws(Finding) -> Bool {
        var limits = ScanLimits()
        limits.serverOwnsSequence = true
        guard let sender = try? PeerID("p1") else { return false }
        let promise: String? = bytes.withUnsafeBytes { buffer in
            guard let message = try? MessageScanner.scan(buffer, limits: limits) else { return "" }
            if let hello = try? Hello(message, in: buffer, maxMetadataBytes: Self.maxMetadataBytes) {
                return Self.brokenPromise(of: hello)
            }
            if let target = try? SignalTarget(message, in: buffer, from: sender) {
                return Self.brokenPromise(of: target, from: sender)
            }
            _ = try? ClientCommand(message, in: buffer, maxMetadataBytes: Self.maxMetadataBytes)
            return ""
        }
        guard let promise else { return true }
        if promise.isEmpty { return false }
        throw Finding(promise, bytes)
    }

    private static func brokenPromise(of hello: Hello) -> String? {
        if !(16...64).contains(hello.sid.utf8.count) { return "a sid has 16 to 64 characters" }
        if hello.cn >= 1 << 53 { return "cn is below 2^53" }
        if let peer = hello.peerID, (try? PeerID(peer.text)) != peer { return "a peer ID is valid" }
        if hello.token?.isEmpty == true || hello.resume?.token.isEmpty == true { return "a token is not empty" }
        if hello.metadata.utf8.count > maxMetadataBytes { return "metadata is within its limit" }
        if "\(hello)\(String(reflecting: hello))".contains(hello.sid) { return "a hello shows nothing" }
        return nil
    }

    private static func brokenPromise(of target: SignalTarget, from sender: PeerID) -> String? {
        let peers: [PeerID]
        switch target {
        case .broadcast: return nil
        case .direct(let names): peers = names
        case .confirmed(let names, let id):
            // Quotes and 64 characters, each written as an escaped pair at the most.
            if id.utf8.count > 2 + 64 * 12 { return "an id is short" }
            peers = names
        }
        if peers.isEmpty || peers.count > 64 || Set(peers).count != peers.count { return "1 to 64 different targets" }
        return peers.contains(sender) ? "nobody is their own target" : nil
    }
}
