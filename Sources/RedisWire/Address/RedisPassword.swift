/// A password that no description, dump, reflection or log shows.
public struct RedisPassword: Sendable, Equatable {
    /// Leaves this type only inside an `AUTH` command.
    let secret: String

    public init(_ secret: String) {
        self.secret = secret
    }
}

extension RedisPassword: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "***" }
    public var debugDescription: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
