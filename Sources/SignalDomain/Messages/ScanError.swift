/// Why a message is not relayed.
public enum ScanError: Error, Hashable, Sendable, CaseIterable {
    /// Not JSON by RFC 8259.
    case notJSON
    /// Another JSON value than an object, told by its first byte.
    case notAnObject
    /// More containers inside each other than `ScanLimits.maxDepth`.
    case tooDeep
    /// An object with more members than `ScanLimits.maxKeys`.
    case tooManyKeys
    /// A member name longer than `ScanLimits.maxKeyBytes`.
    case keyTooLong
    /// A second top-level `type`, `to` or `id`: readers would not agree which one counts.
    case repeatedMember

    /// The word that the sender is told.
    public var code: ErrorCode {
        switch self {
        case .notJSON, .notAnObject: .invalidJSON
        case .tooDeep, .tooManyKeys, .keyTooLong, .repeatedMember: .invalidMessage
        }
    }
}
