/// Why a command has no reply, or why a link is down.
public enum RedisError: Error, Equatable, Sendable {
    /// The link is down: nothing was sent.
    case notConnected
    /// The connection ended before the reply came: the command may or may not have been executed.
    case connectionLost
    /// No reply within the deadline: the command may or may not have been executed.
    case timedOut
    /// Too many bytes wait for replies already: nothing was sent.
    case pipelineFull
    /// The server broke the protocol; the text says how and holds none of its data.
    case protocolViolation(String)
    /// The server answered with an error.
    case server(RedisServerError)
    /// The reply is valid RESP, but not of the shape that the command has.
    case unexpectedReply(String)
    /// The link was closed by its owner.
    case closed
    /// No connection could be made (name, route, refusal, TLS); only ever the reason of a link that is down.
    case connectFailed(String)
}
