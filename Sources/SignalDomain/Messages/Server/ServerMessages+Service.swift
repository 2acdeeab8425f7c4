/// What the server says of itself to peers of dialect 2.
extension ServerMessages {
    /// The socket will close soon; the client may move to another node at once.
    ///
    /// - Parameters:
    ///   - reason: of the close that follows.
    ///   - deadlineMs: milliseconds until then.
    ///   - retryAfterMs: milliseconds that a client waits which does not move before; already jittered.
    ///   - url: where to connect instead; nil = as before.
    public static func goAway(
        reason: CloseReason, deadlineMs: Int64, retryAfterMs: Int64, url: String? = nil
    ) -> [UInt8] {
        var object = JSONObjectText()
        object.add("type", "go-away")
        object.add("reason", reason.word)
        object.add("deadlineMs", deadlineMs)
        object.add("retryAfterMs", retryAfterMs)
        if let url { object.add("url", url) }
        return object.closed
    }

    /// New TURN credentials, before the old ones run out.
    ///
    /// - Parameters:
    ///   - iceServers: the array for `RTCPeerConnection`, as JSON text.
    ///   - iceTtlMs: how long they are good, in milliseconds.
    ///   - restartAdvised: connections over the old ones should restart ICE.
    public static func iceServers(_ iceServers: String, iceTtlMs: Int64, restartAdvised: Bool) -> [UInt8] {
        var object = JSONObjectText()
        object.add("type", "ice-servers")
        object.add("iceServers", json: iceServers)
        object.add("iceTtlMs", iceTtlMs)
        object.add("restartAdvised", restartAdvised)
        return object.closed
    }
}
