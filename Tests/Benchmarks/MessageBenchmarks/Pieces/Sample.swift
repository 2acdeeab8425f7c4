import NIOCore
import SignalDomain

/// The messages that the pieces are given: a candidate of 180 bytes, and an offer of 2.5 kB.
enum Sample {
    static let candidateBytes = 180
    static let offerBytes = 2_500

    static func room() throws -> RoomKey { try RoomKey(namespace: "bench", room: "room") }

    static func peer(_ number: Int) throws -> PeerID { try PeerID("peer-\(number)") }

    /// A candidate as browsers write it, `number` in it; always `candidateBytes` long.
    static func candidate(_ number: Int = 0) -> ByteBuffer {
        filled(
            """
            {"type":"candidate","n":\(1_000 + number),"candidate":{"sdpMLineIndex":0,"sdpMid":"0","candidate":\
            "candidate:1 1 UDP 2122252543 192.0.2.17 54321 typ host
            """, to: candidateBytes)
    }

    static func offer() -> ByteBuffer {
        filled(#"{"type":"offer","sdp":{"type":"offer","sdp":"v=0\r\no=- 4611731400430051336 2 IN"#, to: offerBytes)
    }

    /// Ends the inner text, the inner object and the message at this length, with lines of SDP before.
    private static func filled(_ start: String, to bytes: Int) -> ByteBuffer {
        let end = #""}}"#
        let line = #"\r\na=rtpmap:111 opus/48000/2"#
        let missing = bytes - start.utf8.count - end.utf8.count
        let lines = String(repeating: line, count: missing / line.utf8.count)
        let rest = String(repeating: "x", count: missing % line.utf8.count)
        return ByteBuffer(string: start + lines + rest + end)
    }
}
