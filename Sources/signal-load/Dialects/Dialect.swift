import ArgumentParser

/// How one kind of server is spoken to: the URL that joins a room, what is said and heard before the first message, and
/// how a message is wrapped.
protocol Dialect: Sendable {
    /// True when a server sends a message back to its sender too; such an echo is no delivery.
    var echoes: Bool { get }

    /// Path and query of the upgrade (RFC 6455 §4).
    func target(of seat: Seat) -> String

    /// Text messages that the client sends as soon as it is connected.
    func greeting(of seat: Seat) -> [String]

    /// The bytes of the server's message that tell that the client is in; nil when the upgrade itself does.
    func welcome(of seat: Seat) -> [UInt8]?

    /// The JSON members in front of the stamp in every message of the client, each with its comma.
    func members(of seat: Seat) -> String
}

extension Dialect {
    func greeting(of seat: Seat) -> [String] { [] }
    func welcome(of seat: Seat) -> [UInt8]? { nil }
    func members(of seat: Seat) -> String { #""type":"bench","# }
}

/// The dialects by the names that `--dialect` takes.
enum DialectName: String, CaseIterable, ExpressibleByArgument {
    /// `/signal` of this project, and of the server whose contract it keeps.
    case signal
    /// Every text goes to the others of the room, which is named by the end of the URL.
    case broadcast
    /// The same, and to the sender too.
    case echo
    /// y-webrtc's publish and subscribe.
    case yWebRTC = "y-webrtc"

    var dialect: any Dialect {
        switch self {
        case .signal: SignalDialect()
        case .broadcast: BroadcastDialect(echoes: false)
        case .echo: BroadcastDialect(echoes: true)
        case .yWebRTC: TopicsDialect()
        }
    }
}
