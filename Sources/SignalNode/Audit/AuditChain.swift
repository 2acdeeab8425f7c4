import Crypto
import SignalDomain

/// The chain of the audit log: numbers the lines and ties each one to the line before.
///
/// A line is one JSON object. Its `hash` is the SHA-256 of everything before it, closed with `}`; its `prev` is the
/// `hash` of the line before. Behind the hash, outside the chain, an entry with an address ends in
/// `"client":{"address":…,"salt":…}`; inside the chain stand only the network (/24, /48) and `seal`, the SHA-256 of salt
/// and address. So the address cannot be changed, but it can be forgotten: the line without `client` is as valid as
/// before, and without the salt nobody can guess the address from the seal.
struct AuditChain {
    /// The `prev` of a chain that continues nothing.
    static let origin = String(repeating: "0", count: 64)
    /// The length of salts, in bytes.
    static let saltBytes = 16

    let node: String
    /// The number of the last line.
    private(set) var sequence: UInt64 = 0
    /// The `hash` of the last line.
    private(set) var head = Self.origin

    init(node: String) { self.node = node }

    /// Continues where `line` ended.
    mutating func continues(_ line: AuditLine) {
        sequence = line.sequence
        head = line.hash
    }

    /// The next line, LF included.
    ///
    /// - Parameters:
    ///   - salt: `saltBytes` random bytes; nil writes the network alone.
    mutating func append(_ entry: AuditEntry, at time: Timestamp, salt: [UInt8]?) -> [UInt8] {
        sequence &+= 1
        var line = Array("{\"seq\":\(sequence),\"ts\":\"\(time.iso8601)\"".utf8)
        Self.member("node", node, to: &line)
        Self.member("action", entry.action.rawValue, to: &line)
        Self.member("actor", entry.actor.text, to: &line)
        Self.member("namespace", entry.room?.namespace, to: &line)
        Self.member("room", entry.room?.room, to: &line)
        Self.member("target", entry.target, to: &line)
        switch entry.result {
        case .done: Self.member("result", "done", to: &line)
        case .refused(let code):
            Self.member("result", "refused", to: &line)
            Self.member("code", code, to: &line)
        case .failed(let code):
            Self.member("result", "failed", to: &line)
            Self.member("code", code, to: &line)
        }
        Self.member("detail", entry.detail, to: &line)
        var client: [UInt8] = []
        if let address = entry.address {
            Self.member("network", AuditLine.network(of: address), to: &line)
            if let salt {
                Self.member("seal", AuditLine.seal(salt: salt, address: address.description), to: &line)
                client = AuditLine.client(address: address.description, salt: salt)
            }
        }
        Self.member("prev", head, to: &line)
        head = AuditLine.hash(of: line)
        Self.member("hash", head, to: &line)
        return line + client + Array("}\n".utf8)
    }

    private static func member(_ name: StaticString, _ value: String?, to line: inout [UInt8]) {
        guard let value else { return }
        line.append(contentsOf: ",\"\(name)\":".utf8)
        AuditText.append(value, to: &line)
    }
}
