/// Which shard a room belongs to: the one that wins rendezvous hashing ("highest random weight") over the shards' names.
///
/// The weight of a name for a key is the 64-bit FNV-1a hash of the bytes `name ‖ 0 ‖ key`, mixed by the finaliser of
/// MurmurHash3 (shift 33, `0xFF51AFD7ED558CCD`, shift 33, `0xC4CEB9FE1A85EC53`, shift 33); of equal weights the bytewise
/// smaller name wins. So every program that knows the names computes the same shard, whatever order they were listed in,
/// and a new name takes rooms from each of the others but moves none between them. An immutable value.
public struct ShardMap: Hashable, Sendable {
    /// In bytewise order: a shard is known by its place here. What the whole cluster shares lives on the first one.
    public let names: [String]

    /// nil without any name, or with the same one twice.
    public init?(names: some Sequence<String>) {
        let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        guard !sorted.isEmpty, Set(sorted).count == sorted.count else { return nil }
        self.names = sorted
    }

    /// The map of a cluster with one shard, whose name decides nothing.
    public static let single = ShardMap(name: "main")

    private init(name: String) { names = [name] }

    /// The place in `names` of the shard that holds a room.
    public func shard(of room: RoomKey) -> Int {
        shard(ofKey: room.text)
    }

    /// The same for the text of a room's key, or of anything else that is spread over the shards.
    public func shard(ofKey key: String) -> Int {
        var best = 0
        var bestWeight: UInt64 = 0
        // One name needs no hash.
        guard names.count > 1 else { return best }
        for (index, name) in names.enumerated() {
            let weight = Self.weight(of: name, for: key)
            guard index == 0 || weight > bestWeight else { continue }
            (best, bestWeight) = (index, weight)
        }
        return best
    }

    static func weight(of name: String, for key: String) -> UInt64 {
        var hash = FNV1a()
        hash.add(name.utf8)
        hash.add(CollectionOfOne(0))
        hash.add(key.utf8)
        return hash.mixed
    }

    /// Equal on nodes that agree about the names: 16 lower-case hexadecimal digits of the mixed FNV-1a hash of each name
    /// in order, followed by a zero byte.
    public var digest: String {
        var hash = FNV1a()
        for name in names {
            hash.add(name.utf8)
            hash.add(CollectionOfOne(0))
        }
        let digits = String(hash.mixed, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// The 64-bit FNV-1a hash, whose last bytes alone would hardly reach its high bits: `mixed` spreads them.
private struct FNV1a {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    }

    var mixed: UInt64 {
        var hash = state
        hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ hash >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ hash >> 33
    }
}
