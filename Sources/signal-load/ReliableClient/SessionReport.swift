/// What a session tells the one who watches it, in the order in which its caller would see it.
enum SessionReport: Equatable {
    /// A whole `welcome`: everything unfinished is forgotten unless it `resumed`.
    case welcomed(node: String, resumed: Bool, members: [String])
    /// A whole new view on an open connection.
    case resync([String])
    case peerJoined(String)
    case peerLeft(String, reason: String)
    case peerUpdated(String)
    /// A reliable signal leaves for the first time; repetitions are not told.
    case sent(id: String, to: String)
    /// A reliable signal came; `isNew` means that the caller gets it, else it is a repetition on the wire.
    case received(ServerMessage.ReliableSignal, isNew: Bool)
    case receivedBestEffort(from: String, number: Int)
    case receipt(ServerMessage.Receipt)
    /// The server did what the protocol does not allow; a sentence.
    case violation(String)
    /// An `error` message of the server.
    case error(code: String)
}

/// What one step of a session asks its owner to do. Emptied by the owner after each step.
struct SessionOutput {
    var texts: [String] = []
    var reports: [SessionReport] = []
    /// An acknowledgement is wanted within `ReliableSession.ackDelay`.
    var wantsAck = false
}
