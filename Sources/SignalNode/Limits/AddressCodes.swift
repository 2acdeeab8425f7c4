import Crypto
import SignalDomain
import Synchronization

/// The names of addresses where others may read them: a keyed hash, so that no address is ever stored.
///
/// Safe from any thread: one `Mutex`, held for a look-up. Hashing costs far more than a look-up, and who comes mostly
/// has been here a moment ago; so the last names are kept, a bounded number of them.
final class AddressCodes: Sendable {
    /// Names that are kept at once.
    static let maxKept = 4_096

    private let kept = Mutex<[AddressKey: String]>([:])
    private let key: SymmetricKey

    /// Names that take memory.
    var count: Int { kept.withLock { $0.count } }

    /// - Parameter key: equal on all nodes.
    init(key: SymmetricKey) { self.key = key }

    subscript(address: AddressKey) -> String {
        if let code = kept.withLock({ $0[address] }) { return code }
        let hash = HMAC<SHA256>.authenticationCode(for: Array(address.description.utf8), using: key)
        let code = "ip:" + hash.prefix(12).hexadecimal
        kept.withLock { kept in
            if kept.count >= Self.maxKept { kept.removeAll(keepingCapacity: true) }
            kept[address] = code
        }
        return code
    }
}
