import Crypto
import Foundation

/// A STUN message (RFC 8489 §5) with the attributes of TURN (RFC 8656 §18).
struct StunMessage {
    static let magic: [UInt8] = [0x21, 0x12, 0xA4, 0x42]

    enum Method: UInt16 {
        case allocate = 0x003
        case refresh = 0x004
        case createPermission = 0x008
    }

    enum Attribute: UInt16 {
        case username = 0x0006
        case messageIntegrity = 0x0008
        case errorCode = 0x0009
        case lifetime = 0x000D
        case peerAddress = 0x0012
        case realm = 0x0014
        case nonce = 0x0015
        case relayedAddress = 0x0016
        case requestedTransport = 0x0019
    }

    /// The two type bits: 0x000 request, 0x100 success, 0x110 error.
    var messageClass: UInt16
    var method: UInt16
    var transaction: [UInt8]
    private(set) var attributes: [(type: UInt16, value: [UInt8])] = []

    init(_ method: Method) {
        messageClass = 0
        self.method = method.rawValue
        transaction = (0..<12).map { _ in UInt8.random(in: .min ... .max) }
    }

    mutating func add(_ type: Attribute, _ value: [UInt8]) { attributes.append((type.rawValue, value)) }

    mutating func add(_ type: Attribute, _ text: String) { add(type, Array(text.utf8)) }

    subscript(type: Attribute) -> [UInt8]? { attributes.first { $0.type == type.rawValue }?.value }

    func text(_ type: Attribute) -> String? { self[type].map { String(decoding: $0, as: UTF8.self) } }

    /// The code of an error answer, as 401.
    var errorCode: Int? {
        guard let value = self[.errorCode], value.count >= 4 else { return nil }
        return Int(value[2] & 7) * 100 + Int(value[3])
    }

    /// The message as bytes; with a key it ends with the HMAC of everything before (RFC 8489 §14.5).
    func bytes(key: [UInt8]? = nil) -> [UInt8] {
        var body: [UInt8] = []
        for (type, value) in attributes { body += Self.attribute(type, value) }
        guard let key else { return header(length: body.count) + body }
        let signed = header(length: body.count + 24) + body
        let code = HMAC<Insecure.SHA1>.authenticationCode(for: signed, using: SymmetricKey(data: key))
        return signed + Self.attribute(Attribute.messageIntegrity.rawValue, Array(code))
    }

    /// Nil for bytes that are no STUN message.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 20, Array(bytes[4..<8]) == Self.magic else { return nil }
        let type = Self.number(bytes[0..<2])
        messageClass = type & 0x0110
        method = type & 0x000F
        transaction = Array(bytes[8..<20])
        var offset = 20
        while offset + 4 <= bytes.count {
            let length = Int(Self.number(bytes[offset + 2..<offset + 4]))
            guard offset + 4 + length <= bytes.count else { return nil }
            attributes.append((Self.number(bytes[offset..<offset + 2]), Array(bytes[offset + 4..<offset + 4 + length])))
            offset += 4 + (length + 3) / 4 * 4
        }
    }

    /// XOR-PEER-ADDRESS of an IPv4 address (RFC 8489 §14.2).
    static func xorAddress(_ address: String, port: UInt16) -> [UInt8] {
        let bytes = address.split(separator: ".").compactMap { UInt8($0) }
        let port = port ^ 0x2112
        return [0, 1, UInt8(port >> 8), UInt8(port & 0xFF)] + zip(bytes, magic).map { $0 ^ $1 }
    }

    private func header(length: Int) -> [UInt8] {
        Self.big(messageClass | method) + Self.big(UInt16(length)) + Self.magic + transaction
    }

    private static func attribute(_ type: UInt16, _ value: [UInt8]) -> [UInt8] {
        big(type) + big(UInt16(value.count)) + value + Array(repeating: 0, count: (4 - value.count % 4) % 4)
    }

    private static func big(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt16 { bytes.reduce(0) { $0 << 8 | UInt16($1) } }
}
