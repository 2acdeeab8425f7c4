import NIOCore

/// The HTTP/1.1 upgrade of RFC 6455 §4 with one fixed key, so that the expected answer is a constant.
enum Handshake {
    /// The example of RFC 6455 §1.3; a load generator has no use for a fresh nonce.
    private static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    private static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    private static let answerLimitBytes = 16_384

    static func request(for seat: Seat) -> String {
        let endpoint = seat.endpoint
        let separator = endpoint.target.contains("?") ? "&" : "?"
        return """
            GET \(endpoint.target)\(separator)namespace=\(Seat.namespace)&room=\(seat.room)&peerId=\(seat.peerId) \
            HTTP/1.1\r
            Host: \(endpoint.authority)\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Key: \(key)\r
            Sec-WebSocket-Version: 13\r
            \r

            """
    }

    /// Consumes the answer's head; false while it is incomplete. Bytes behind the head stay in `buffer`.
    static func readAnswer(from buffer: inout ByteBuffer) throws -> Bool {
        let view = buffer.readableBytesView
        guard let end = headEnd(in: view) else {
            guard view.count < answerLimitBytes else { throw HandshakeRefused(reason: "no end of the HTTP head") }
            return false
        }
        let head = String(decoding: view[..<end], as: UTF8.self)
        buffer.moveReaderIndex(to: end)
        let lines = head.split(separator: "\r\n")
        guard let status = lines.first, status.hasPrefix("HTTP/1.1 101") else {
            let body = String(decoding: buffer.readableBytesView.prefix(300), as: UTF8.self)
            throw HandshakeRefused(reason: "\(lines.first ?? "an empty answer") \(body)")
        }
        let accepted = lines.dropFirst().contains { line in
            let field = line.split(separator: ":", maxSplits: 1)
            return field.count == 2 && field[0].lowercased() == "sec-websocket-accept"
                && field[1].trimmingPrefix(while: \.isWhitespace) == accept
        }
        guard accepted else { throw HandshakeRefused(reason: "a wrong Sec-WebSocket-Accept") }
        return true
    }

    private static func headEnd(in view: ByteBufferView) -> Int? {
        var matched = 0
        for index in view.indices {
            let expected = UInt8(ascii: matched.isMultiple(of: 2) ? "\r" : "\n")
            if view[index] == expected {
                matched += 1
                if matched == 4 { return index + 1 }
            } else {
                matched = view[index] == UInt8(ascii: "\r") ? 1 : 0
            }
        }
        return nil
    }
}

/// The server did not upgrade; the reason is its status line and the beginning of its body.
struct HandshakeRefused: Error, CustomStringConvertible {
    let reason: String

    var description: String {
        guard reason.contains(" 429 ") else { return "the server refused the WebSocket: \(reason)" }
        return "the server refused the WebSocket: \(reason) (start a node with RATE_LIMIT_CONNECTIONS_PER_IP=0)"
    }
}
