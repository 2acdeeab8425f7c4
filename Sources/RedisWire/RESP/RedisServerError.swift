/// An error reply of the server (`-CODE text`).
public struct RedisServerError: Error, Equatable, Sendable {
    public let code: Code
    /// The whole line as the server wrote it, without the minus sign; at most ``maxMessageBytes`` bytes.
    public let message: String

    /// The errors that a client treats differently, by the first word of the line.
    public enum Code: String, Equatable, Sendable, CaseIterable {
        case loading = "LOADING"
        case readOnly = "READONLY"
        case outOfMemory = "OOM"
        case noAuth = "NOAUTH"
        case wrongPass = "WRONGPASS"
        case noPermission = "NOPERM"
        case noScript = "NOSCRIPT"
        case noReplicas = "NOREPLICAS"
        case busy = "BUSY"
        case masterDown = "MASTERDOWN"
        case wrongType = "WRONGTYPE"
        case clusterDown = "CLUSTERDOWN"
        case other = ""

        /// True when the server behind the connection is no longer the one that was greeted: its scripts are gone, it
        /// is no primary any more, or it reads a data set of somebody else. The connection is dropped, so that the next
        /// one is located and greeted afresh.
        ///
        /// `NOREPLICAS` is not among them: the server is the right one and only this command is refused.
        var endsConnection: Bool {
            switch self {
            case .noScript, .readOnly, .masterDown, .loading: true
            default: false
            }
        }
    }

    /// A longer message is cut here, so that a server cannot fill a log.
    static let maxMessageBytes = 512

    public init(line: some Collection<UInt8>) {
        let word = String(decoding: line.prefix { $0 != UInt8(ascii: " ") }.prefix(32), as: UTF8.self)
        code = Code(rawValue: word) ?? .other
        message = String(decoding: line.prefix(Self.maxMessageBytes), as: UTF8.self)
    }
}
