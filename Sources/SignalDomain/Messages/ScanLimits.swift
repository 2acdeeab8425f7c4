/// The bounds of one message, beyond the byte limit that the transport enforces, and the dialect that it is read in.
public struct ScanLimits: Hashable, Sendable {
    /// The depth that the scanner can represent; a configured `maxDepth` above it means this one.
    public static let greatestDepth = 64

    /// How many containers may be open at once, the message itself included.
    public var maxDepth = 32
    /// Members of any one object.
    public var maxKeys = 256
    /// Bytes of one member name as written, between its quotes.
    public var maxKeyBytes = 128
    /// `seq` and `sourceSession` are the server's, as in dialect 2, and cut like its other members; in dialect 1 they
    /// are the client's own and stay.
    public var serverOwnsSequence = false

    public init() {}

    public init(maxDepth: Int, maxKeys: Int, maxKeyBytes: Int, serverOwnsSequence: Bool = false) {
        self.maxDepth = maxDepth
        self.maxKeys = maxKeys
        self.maxKeyBytes = maxKeyBytes
        self.serverOwnsSequence = serverOwnsSequence
    }
}
