/// The limits of the rendezvous registry; each is a configuration field with the protocol's default.
public struct RendezvousBounds: Hashable, Sendable {
    /// Addresses of one record.
    public var maxAddresses = 16
    /// Bytes of one address.
    public var maxAddressBytes = 256
    /// Bytes of all addresses of one record.
    public var maxAddressesBytes = 2048
    /// Bytes of the metadata object as JSON text.
    public var maxMetadataBytes = 2048
    /// Containers inside each other in the metadata, itself included.
    public var maxMetadataDepth = 4
    /// Time to live when the caller names none, in milliseconds.
    public var defaultTTLMs: Int64 = 60_000
    /// Shorter times to live are raised to this.
    public var minTTLMs: Int64 = 5_000
    /// Longer times to live are lowered to this.
    public var maxTTLMs: Int64 = 259_200_000
    /// Live records of one room.
    public var maxRecordsPerRoom = 1000
    /// Live records of one client address.
    public var maxRecordsPerAddress = 64
    /// Rooms in which one owner has records; a room here is what libp2p calls a namespace.
    public var maxRoomsPerOwner = 1000
    /// Records of one answer when the caller names no limit.
    public var defaultDiscoverLimit = 32
    /// Higher limits are lowered to this.
    public var maxDiscoverLimit = 1000

    public init() {}

    /// The records that one discover answers: absent means the default, others are brought into 1…`maxDiscoverLimit`.
    public func discoverLimit(_ wanted: Int?) -> Int {
        min(max(wanted ?? defaultDiscoverLimit, 1), maxDiscoverLimit)
    }

    /// Checks what a peer declares about itself.
    ///
    /// - Parameter metadata: the text of a JSON object.
    public func check(addresses: [String], metadata: String) throws(RendezvousError) {
        guard addresses.count <= maxAddresses else {
            throw .invalidAddresses("At most \(maxAddresses) addresses are allowed.")
        }
        guard addresses.allSatisfy({ 1...maxAddressBytes ~= $0.utf8.count }) else {
            throw .invalidAddresses("An address has 1 to \(maxAddressBytes) bytes.")
        }
        guard addresses.reduce(0, { $0 + $1.utf8.count }) <= maxAddressesBytes else {
            throw .invalidAddresses("All addresses together have at most \(maxAddressesBytes) bytes.")
        }
        guard metadata.utf8.count <= maxMetadataBytes else {
            throw .invalidMetadata("Metadata has at most \(maxMetadataBytes) bytes.")
        }
        var text = metadata
        let limits = ScanLimits(maxDepth: maxMetadataDepth, maxKeys: 256, maxKeyBytes: 128)
        let isObject = text.withUTF8 { (try? MessageScanner.scan(UnsafeRawBufferPointer($0), limits: limits)) != nil }
        guard isObject else {
            throw .invalidMetadata("Metadata is a JSON object with at most \(maxMetadataDepth) levels.")
        }
    }
}
