/// Base32 without padding (RFC 4648 §6): what stays one word in a STUN attribute, whatever takes it apart at colons.
public enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var out: [UInt8] = []
        var pending = 0
        var bits = 0
        for byte in bytes {
            pending = (pending << 8 | Int(byte)) & 0xFFF
            bits += 8
            while bits >= 5 {
                bits -= 5
                out.append(alphabet[pending >> bits & 31])
            }
        }
        if bits > 0 { out.append(alphabet[pending << (5 - bits) & 31]) }
        return String(decoding: out, as: UTF8.self)
    }
}
