import JWTKit
import SignalDomain

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The keys of a JWKS file (RFC 7517) as it is read: each with `kid` and `alg`, of the three algorithms that room tokens
/// may use, and nothing else.
struct KeySet {
    /// One key of the set.
    struct Key {
        let kid: String
        let material: Material
    }

    enum Material {
        case hmac([UInt8])
        case eddsa(EdDSA.PublicKey, private: EdDSA.PrivateKey?)
        case ecdsa(ES256PublicKey, private: ES256PrivateKey?)

        /// As a token's header names it.
        var algorithm: String {
            switch self {
            case .hmac: "HS256"
            case .eddsa: "EdDSA"
            case .ecdsa: "ES256"
            }
        }

        var canSign: Bool {
            switch self {
            case .hmac: true
            case .eddsa(_, let secret): secret != nil
            case .ecdsa(_, let secret): secret != nil
            }
        }
    }

    /// The shortest secret of HS256, in bytes (RFC 7518 §3.2).
    static let minSecretBytes = 32

    let keys: [Key]

    /// - Throws: `KeySetFault` with a sentence that never quotes key material.
    init(json: [UInt8]) throws(KeySetFault) {
        let document: Document
        do { document = try JSONDecoder().decode(Document.self, from: Data(json)) } catch {
            throw KeySetFault("The file must be a JWKS: {\"keys\":[{\"kty\",\"kid\",\"alg\",…}]}.")
        }
        guard !document.keys.isEmpty else { throw KeySetFault("The file holds no key.") }
        var keys: [Key] = []
        for (index, entry) in document.keys.enumerated() {
            guard let kid = entry.kid, (1...255).contains(kid.utf8.count) else {
                throw KeySetFault("Key \(index + 1) has no kid.")
            }
            guard !keys.contains(where: { $0.kid == kid }) else {
                throw KeySetFault("Key \(index + 1) has the kid of an earlier one.")
            }
            do throws(KeySetFault) {
                keys.append(Key(kid: kid, material: try entry.material()))
            } catch {
                throw KeySetFault("Key \(index + 1): \(error.sentence)")
            }
        }
        self.keys = keys
    }

    private struct Document: Decodable { let keys: [Entry] }

    private struct Entry: Decodable {
        let kty: String?
        let kid: String?
        let alg: String?
        let crv: String?
        let x: String?
        let y: String?
        let d: String?
        let k: String?

        func material() throws(KeySetFault) -> Material {
            switch (alg, kty) {
            case ("HS256", "oct"):
                guard let k, let secret = Base64URL.decode(k), secret.count >= KeySet.minSecretBytes else {
                    throw KeySetFault("k must be at least \(KeySet.minSecretBytes) bytes in base64url.")
                }
                return .hmac(secret)
            case ("EdDSA", "OKP"): return try eddsa()
            case ("ES256", "EC"): return try ecdsa()
            case (nil, _): throw KeySetFault("alg is missing.")
            default: throw KeySetFault("alg and kty must be EdDSA and OKP, ES256 and EC, or HS256 and oct.")
            }
        }

        private func eddsa() throws(KeySetFault) -> Material {
            guard crv == "Ed25519", let x, let key = try? EdDSA.PublicKey(x: x, curve: .ed25519) else {
                throw KeySetFault("an EdDSA key needs crv Ed25519 and its public part x.")
            }
            guard let d else { return .eddsa(key, private: nil) }
            guard let secret = try? EdDSA.PrivateKey(d: d, curve: .ed25519), secret.publicKey == key else {
                throw KeySetFault("d does not belong to x.")
            }
            return .eddsa(key, private: secret)
        }

        private func ecdsa() throws(KeySetFault) -> Material {
            guard crv == "P-256", let x, let y, let key = try? ES256PublicKey(parameters: (x, y)) else {
                throw KeySetFault("an ES256 key needs crv P-256 and its public part x and y.")
            }
            guard let d else { return .ecdsa(key, private: nil) }
            guard let secret = try? ES256PrivateKey(key: d), secret.publicKey == key else {
                throw KeySetFault("d does not belong to x and y.")
            }
            return .ecdsa(key, private: secret)
        }
    }
}

/// Why a file of keys cannot be used, in one sentence without secrets.
public struct KeySetFault: Error, Hashable, Sendable, CustomStringConvertible {
    public let sentence: String

    init(_ sentence: String) { self.sentence = sentence }

    public var description: String { sentence }
}
