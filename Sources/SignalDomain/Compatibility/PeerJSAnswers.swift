/// The messages that a node itself says to PeerJS clients.
public enum PeerJSAnswers {
    /// The first message of every session.
    public static let open = Array("{\"type\":\"OPEN\"}".utf8)

    /// A message to `peer` was given up: nobody came who has this ID.
    public static func expire(from peer: String, to sender: PeerID) -> [UInt8] {
        var object = JSONObjectText()
        object.add("type", "EXPIRE")
        object.add("src", peer)
        object.add("dst", sender.peerJSText)
        return object.closed
    }

    /// The client gives up what it has, and does not come back by itself.
    public static func error(_ sentence: String) -> [UInt8] { notice("ERROR", sentence) }

    /// What a client hears that is refused for good; nil for refusals that another attempt may overcome, which come as an
    /// HTTP status and leave the client its ID.
    public static func refusal(_ refusal: Refusal) -> [UInt8]? {
        if refusal.code == Refusal.inUse.code { return notice("ID-TAKEN", "ID is taken") }
        return (400...403).contains(refusal.status) && refusal.closing != nil ? error(refusal.sentence) : nil
    }

    private static func notice(_ type: String, _ sentence: String) -> [UInt8] {
        var payload = JSONObjectText()
        payload.add("msg", sentence)
        var object = JSONObjectText()
        object.add("type", type)
        object.add("payload", payload)
        return object.closed
    }
}
