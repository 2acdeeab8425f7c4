/// A position as the opaque text that a caller sends back, signed so that any node accepts it and nobody can make one.
///
/// base64url of: version 1, high and low as 64 bits big-endian, then 16 bytes of a MAC over
/// `rv1 NUL namespace NUL room NUL` and the bytes before. It binds the position to its room.
public enum RendezvousCookie {
    private static let version: UInt8 = 1
    private static let bodyBytes = 17
    private static let macBytes = 16

    /// - Parameter mac: HMAC-SHA256 with the cluster's key; 16 bytes or more.
    public static func encode(
        _ position: RendezvousPosition, room: RoomKey, mac: ([UInt8]) -> [UInt8]
    ) -> String {
        let body = [version] + bigEndian(position.high) + bigEndian(position.low)
        return Base64URL.encode(body + mac(signed(body, room: room)).prefix(macBytes))
    }

    /// - Throws: `invalidCookie` for any text that `encode` did not write for this room with this key.
    public static func decode(
        _ text: String, room: RoomKey, mac: ([UInt8]) -> [UInt8]
    ) throws(RendezvousError) -> RendezvousPosition {
        guard let bytes = Base64URL.decode(text), bytes.count == bodyBytes + macBytes, bytes[0] == version else {
            throw .invalidCookie
        }
        let body = Array(bytes[..<bodyBytes])
        let expected = mac(signed(body, room: room)).prefix(macBytes)
        guard expected.count == macBytes, isEqualInConstantTime(bytes[bodyBytes...], expected) else {
            throw .invalidCookie
        }
        return RendezvousPosition(high: number(body[1..<9]), low: number(body[9..<17]))
    }

    private static func signed(_ body: [UInt8], room: RoomKey) -> [UInt8] {
        Array("rv1\u{0}\(room.namespace)\u{0}\(room.room)\u{0}".utf8) + body
    }

    private static func bigEndian(_ value: Int64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
        bytes.reduce(0) { $0 << 8 | Int64($1) }
    }

    /// Looks at every byte whatever the first difference is, so that time tells nothing about the right MAC.
    private static func isEqualInConstantTime(_ one: ArraySlice<UInt8>, _ other: ArraySlice<UInt8>) -> Bool {
        var difference: UInt8 = one.count == other.count ? 0 : 1
        for (left, right) in zip(one, other) { difference |= left ^ right }
        return difference == 0
    }
}
