/// A command with its arguments, not yet formatted.
///
/// A plain value. Its description names the command only, since arguments may be secrets.
public struct RedisCommand: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    let name: String
    let arguments: [RedisArgument]

    public init(_ name: String, _ arguments: [RedisArgument] = []) {
        self.name = name
        self.arguments = arguments
    }

    public var description: String { "\(name) (\(arguments.count) arguments)" }

    public var customMirror: Mirror { Mirror(self, children: [:]) }

    /// An upper bound of the bytes that RESP adds to each word: `$`, the length, two line ends.
    private static let framingBytes = 16

    /// The bytes of the command on the wire, never too few: what the limit of a pipeline counts.
    var byteCount: Int {
        arguments.reduce(name.utf8.count + 2 * Self.framingBytes) { $0 + $1.byteCount + Self.framingBytes }
    }
}
