import NIOCore

/// The HTTP/1.1 upgrade of RFC 6455 §4 with one fixed key, so that the expected answer is a constant.
enum Handshake {
    /// The example of RFC 6455 §1.3; a load generator has no use for a fresh nonce.
    private static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    private static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    private static let answerLimitBytes = 16_384

    static func request(for seat: Seat) -> String {
        request(to: seat.endpoint, target: seat.dialect.target(of: seat))
    }

    /// - Parameters:
    ///   - query: appended to the one that the endpoint may have.
    ///   - subprotocol: the only one to offer, if any.
    static func request(to endpoint: Endpoint, query: String, subprotocol: String? = nil) -> String {
        request(to: endpoint, target: endpoint.target(withQuery: query), subprotocol: subprotocol)
    }

    private static func request(to endpoint: Endpoint, target: String, subprotocol: String? = nil) -> String {
        let offer = subprotocol.map { "Sec-WebSocket-Protocol: \($0)\r\n" } ?? ""
        return """
            GET \(target) HTTP/1.1\r
            Host: \(endpoint.authority)\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Key: \(key)\r
            Sec-WebSocket-Version: 13\r
            \(offer)\r

            """
    }

    /// Consumes the answer's head; false while it is incomplete. Bytes behind the head stay in `buffer`.
    ///
    /// - Parameter subprotocol: the one that the server has to select, if any.
    static func readAnswer(from buffer: inout ByteBuffer, subprotocol: String? = nil) throws -> Bool {
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
        func field(_ name: String) -> Substring? {
            let fields = lines.dropFirst().map { $0.split(separator: ":", maxSplits: 1) }
            return fields.first { $0.count == 2 && $0[0].lowercased() == name }
                .map { $0[1].trimmingPrefix(while: \.isWhitespace) }
        }
        guard field("sec-websocket-accept").map(String.init) == accept else {
            throw HandshakeRefused(reason: "a wrong Sec-WebSocket-Accept")
        }
        if let subprotocol, field("sec-websocket-protocol").map(String.init) != subprotocol {
            throw HandshakeRefused(reason: "it does not speak \(subprotocol)")
        }
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
