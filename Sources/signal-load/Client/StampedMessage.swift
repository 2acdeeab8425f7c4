import NIOCore
import NIOWebSocket

/// A text message of one sender as a masked frame that is encoded once; only the stamp's digits change per message.
struct StampedMessage {
    /// Where the digits of the stamp begin in the text.
    let stampOffset: Int
    private var frame: ByteBuffer
    private let textIndex: Int
    private let mask: UInt32

    /// - Parameters:
    ///   - members: what stands in front of the stamp, each member with its comma.
    ///   - bytes: length of the JSON text; one that has to be longer is as short as it can be.
    init(sender: Int, members: String = #""type":"bench","#, bytes: Int, mask: UInt32) {
        let opening = Array("{\(members)".utf8) + Stamp.key
        let text = StampedMessage.text(opening: opening, sender: sender, bytes: bytes)
        frame = ClientFrame.encode(.text, text, mask: mask)
        (stampOffset, textIndex) = (opening.count, frame.writerIndex - text.count)
        self.mask = mask
    }

    private static let middle = Array(#"","candidate":""#.utf8)
    private static let ending = Array(#""}"#.utf8)
    private static let line = Array(
        #"a=candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 10.0.0.7 rport 46154\r\n"#.utf8)

    private static func text(opening: [UInt8], sender: Int, bytes: Int) -> [UInt8] {
        var text = opening
        text += Hexadecimal.digits(of: UInt64(sender), count: Stamp.senderDigits)
        text += Array(repeating: UInt8(ascii: "0"), count: Stamp.sequenceDigits + Stamp.timeDigits)
        text += middle
        // Whole lines only: a cut inside an escape would not be JSON.
        while text.count + line.count + ending.count <= bytes { text += line }
        text += Array(repeating: UInt8(ascii: "x"), count: max(0, bytes - text.count - ending.count))
        return text + ending
    }

    /// The frame to write. In place while the previous one has left the process, else on a copy.
    mutating func stamped(sequence: UInt32, time: UInt64) -> ByteBuffer {
        let phase = stampOffset + Stamp.senderDigits
        let (start, mask) = (textIndex + phase, mask)
        frame.withUnsafeMutableReadableBytes { bytes in
            for offset in 0..<Stamp.sequenceDigits {
                let digit = Hexadecimal.digit(UInt64(sequence), offset, of: Stamp.sequenceDigits)
                bytes[start + offset] = digit ^ ClientFrame.maskByte(mask, at: phase + offset)
            }
            for offset in 0..<Stamp.timeDigits {
                let place = Stamp.sequenceDigits + offset
                let digit = Hexadecimal.digit(time, offset, of: Stamp.timeDigits)
                bytes[start + place] = digit ^ ClientFrame.maskByte(mask, at: phase + place)
            }
        }
        return frame
    }
}
