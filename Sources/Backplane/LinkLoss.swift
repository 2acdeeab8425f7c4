/// Why a node gave its links to the shared state up: a closed set, for what is counted.
public enum LinkLoss: String, CaseIterable, Hashable, Sendable {
    /// The server or the network ended a connection.
    case closed
    /// An answer did not come in time.
    case timeout
    /// The subscription looks alive, and what is published does not arrive.
    case silent
    /// The server refused a command or a script.
    case refused
    /// The server answered what nobody understands.
    case malformed
    /// Another data set answers than before.
    case epoch
}
