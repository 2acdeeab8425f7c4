import Crypto
import SignalDomain

/// A line of the audit log as it is read back: the members that the chain is made of.
///
/// It is read by its fixed parts, not as JSON in general: values hold no bare quote, so these parts can only be members.
struct AuditLine: Equatable {
    let sequence: UInt64
    let previous: String
    let hash: String

    /// Why a line is not what a chain has written.
    enum Fault: Error, Equatable {
        /// No line of an audit log, or cut.
        case unreadable
        /// The text does not have the hash that it names.
        case changed
        /// The address is not the one that was sealed.
        case address
    }

    /// Reads a line without its LF and checks it against its own hash.
    init(_ line: ArraySlice<UInt8>) throws(Fault) {
        guard line.last == UInt8(ascii: "}") else { throw .unreadable }
        let client = Self.client(in: line)
        // …,"prev":"<64 digits>","hash":"<64 digits>"
        let chained = line[..<(client?.startIndex ?? line.endIndex - 1)]
        let body = chained.dropLast(Self.hashMember.count + Self.digits + 1)
        let open = body.dropLast(Self.previousMember.count + Self.digits + 1)
        guard let hash = Self.digest(chained[body.endIndex...], in: Self.hashMember),
            let previous = Self.digest(body[open.endIndex...], in: Self.previousMember),
            line.starts(with: Self.start)
        else { throw .unreadable }
        let number = line.dropFirst(Self.start.count).prefix { (0x30...0x39).contains($0) }
        guard let sequence = UInt64(String(decoding: number, as: UTF8.self)) else { throw .unreadable }
        guard Self.hash(of: body) == hash else { throw .changed }
        if let client { try Self.check(client, sealedIn: open) }
        self.sequence = sequence
        self.previous = previous
        self.hash = hash
    }

    /// The `ts` of a line (texts of this form order as their moments do), whether or not it is whole; nil when it has none.
    static func time(of line: ArraySlice<UInt8>) -> String? {
        let behind = line.dropFirst(start.count).drop { (0x30...0x39).contains($0) }
        guard line.starts(with: start), behind.starts(with: timeMember) else { return nil }
        let time = behind.dropFirst(timeMember.count).prefix(Timestamp.iso8601ByteCount)
        return String(decoding: time, as: UTF8.self)
    }

    /// The line (without LF) without its `client`; nil when it has none.
    static func forgettingClient(_ line: ArraySlice<UInt8>) -> [UInt8]? {
        client(in: line).map { line[..<$0.startIndex] + [UInt8(ascii: "}")] }
    }

    /// `,"client":{"address":"…","salt":"…"}` at the end of a line.
    private static func client(in line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let end = line.dropLast()
        guard end.last == UInt8(ascii: "}") else { return nil }
        let first = max(line.startIndex, end.endIndex - longestClient)
        let start = (first..<end.endIndex).last { end[$0...].starts(with: clientMember) }
        return start.map { end[$0...] }
    }

    private static func check(_ client: ArraySlice<UInt8>, sealedIn body: ArraySlice<UInt8>) throws(Fault) {
        let values = client.dropFirst(clientMember.count).dropLast(2)
        let saltDigits = values.suffix(AuditChain.saltBytes * 2)
        let address = values.dropLast(saltDigits.count)
        guard address.suffix(saltMember.count).elementsEqual(saltMember),
            let salt = [UInt8](hexadecimal: String(decoding: saltDigits, as: UTF8.self))
        else { throw .unreadable }
        let text = String(decoding: address.dropLast(saltMember.count), as: UTF8.self)
        // One spelling only, so that no byte can be changed unseen.
        guard client.elementsEqual(self.client(address: text, salt: salt)) else { throw .unreadable }
        guard let client = ClientAddress(text) else { throw .address }
        let seal = Array(
            ",\"network\":\"\(network(of: client))\",\"seal\":\"\(self.seal(salt: salt, address: text))\"".utf8)
        guard body.suffix(seal.count).elementsEqual(seal) else { throw .address }
    }

    /// The digits of `member` when it is nothing but the member with a digest.
    private static func digest(_ text: ArraySlice<UInt8>, in member: [UInt8]) -> String? {
        guard text.starts(with: member), text.last == UInt8(ascii: "\"") else { return nil }
        let digest = text.dropFirst(member.count).dropLast()
        guard digest.count == digits, digest.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        return String(decoding: digest, as: UTF8.self)
    }

    private static let start = Array("{\"seq\":".utf8)
    private static let timeMember = Array(",\"ts\":\"".utf8)
    private static let previousMember = Array(",\"prev\":\"".utf8)
    private static let hashMember = Array(",\"hash\":\"".utf8)
    private static let clientMember = Array(",\"client\":{\"address\":\"".utf8)
    private static let saltMember = Array("\",\"salt\":\"".utf8)
    /// The digits of a SHA-256.
    private static let digits = 64
    /// No `client` is longer, in bytes.
    private static let longestClient = 160
}

extension AuditLine {
    /// The hash of a line: of its text up to and with `prev`, closed as the JSON object that it then is.
    static func hash(of body: some Collection<UInt8>) -> String {
        SHA256.hash(data: Array(body) + [UInt8(ascii: "}")]).hexadecimal
    }

    /// The member that stands behind the hash while the address is kept.
    static func client(address: String, salt: [UInt8]) -> [UInt8] {
        Array(",\"client\":{\"address\":\"\(address)\",\"salt\":\"\(salt.hexadecimal)\"}".utf8)
    }

    /// What binds an address to its line without showing it.
    static func seal(salt: [UInt8], address: String) -> String {
        SHA256.hash(data: salt + Array(address.utf8)).hexadecimal
    }

    /// The part of an address that is kept for good: `203.0.113.0/24` or `2001:db8:1::/48`.
    static func network(of address: ClientAddress) -> String {
        CIDR(address, prefixBits: address.family == .ipv4 ? 24 : 48)?.description ?? ""
    }
}
