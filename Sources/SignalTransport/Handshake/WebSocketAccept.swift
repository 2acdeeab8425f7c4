import Crypto
import NIOCore

/// The answer that opens a WebSocket (RFC 6455 §4.2.2).
enum WebSocketAccept {
    /// What the server appends to the client's key before it hashes both.
    private static let salt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// A whole HTTP/1.1 head with status 101, as bytes. No extension is ever accepted.
    ///
    /// - Parameters:
    ///   - key: the client's `Sec-WebSocket-Key`.
    ///   - subprotocol: the one that the server has chosen; a constant of ours, never the client's text.
    static func head(for key: Substring, subprotocol: String?) -> ByteBuffer {
        var head = ByteBuffer()
        head.reserveCapacity(192)
        head.writeStaticString(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: ")
        head.writeBytes(proof(of: key))
        if let subprotocol {
            head.writeStaticString("\r\nSec-WebSocket-Protocol: ")
            head.writeString(subprotocol)
        }
        head.writeStaticString("\r\n\r\n")
        return head
    }

    /// Base64 of the SHA-1 of key and salt: shows that the server has read the key, and protects nothing.
    private static func proof(of key: Substring) -> [UInt8] {
        var hash = Insecure.SHA1()
        hash.update(data: Array(key.utf8))
        hash.update(data: Array(salt.utf8))
        var text: [UInt8] = []
        text.reserveCapacity(28)
        var (bits, pending): (UInt32, UInt32) = (0, 0)
        for byte in hash.finalize() {
            (bits, pending) = (bits << 8 | UInt32(byte), pending + 8)
            while pending >= 6 {
                pending -= 6
                text.append(alphabet[Int(bits >> pending & 0x3F)])
            }
        }
        // 20 bytes are 26 characters and 4 bits.
        text.append(alphabet[Int(bits << (6 - pending) & 0x3F)])
        text.append(UInt8(ascii: "="))
        return text
    }
}
