import JWTKit
public import SignalDomain

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The keys with which room tokens are verified and signed. Immutable once made; a reload makes new ones.
///
/// Safe from any thread: the collection is an actor, so each token costs a hop.
public struct RoomTokenKeys: Sendable {
    /// How long a token may be good, by the clock of the node.
    public struct Terms: Hashable, Sendable {
        /// The most time from `nbf` to `exp`, in milliseconds.
        public var maxLifetimeMs: Int64 = 86_400_000
        /// How far the clocks of issuer and node may differ, in milliseconds.
        public var leewayMs: Int64 = 30_000

        public init() {}
    }

    /// The largest token that is looked at, in bytes.
    static let maxTokenBytes = 8_192

    private let collection = JWTKeyCollection()
    /// The algorithm of each key, by its `kid`.
    private let algorithms: [String: String]
    /// The first key of the file that can sign; nil = none can.
    public let signingKey: String?

    /// Reads a JWKS file.
    ///
    /// - Throws: `KeySetFault` with a sentence that never quotes key material.
    public init(jwks: [UInt8]) async throws(KeySetFault) {
        await self.init(try KeySet(json: jwks).keys)
    }

    /// The one secret of HS256, without a file of keys around it.
    ///
    /// - Throws: `KeySetFault` when the secret is shorter than 32 bytes.
    public init(secret: [UInt8], kid: String) async throws(KeySetFault) {
        guard secret.count >= KeySet.minSecretBytes else {
            throw KeySetFault("The secret must have at least \(KeySet.minSecretBytes) bytes.")
        }
        await self.init([KeySet.Key(kid: kid, material: .hmac(secret))])
    }

    private init(_ keys: [KeySet.Key]) async {
        algorithms = Dictionary(keys.map { ($0.kid, $0.material.algorithm) }) { first, _ in first }
        signingKey = keys.first(where: \.material.canSign)?.kid
        for key in keys {
            let kid = JWKIdentifier(string: key.kid)
            switch key.material {
            case .hmac(let secret):
                await collection.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256, kid: kid)
            case .eddsa(_, let secret?): await collection.add(eddsa: secret, kid: kid)
            case .eddsa(let open, nil): await collection.add(eddsa: open, kid: kid)
            case .ecdsa(_, let secret?): await collection.add(ecdsa: secret, kid: kid)
            case .ecdsa(let open, nil): await collection.add(ecdsa: open, kid: kid)
            }
        }
        // The collection makes its first key the one of tokens without a known kid.
        await collection.clearDefault()
    }

    /// Checks signature, audience and times of a token.
    ///
    /// - Parameter nowMs: milliseconds since the epoch.
    public func verify(_ text: String, nowMs: Int64, terms: Terms) async throws(RoomTokenFault) -> RoomToken {
        let header = try RoomTokenHeader(of: text)
        guard let kid = header.kid, let algorithm = algorithms[kid] else { throw .unknownKey }
        // The library signs and verifies by the key alone; the header must not say otherwise.
        guard header.alg == algorithm else { throw .algorithm }
        let claims: RoomTokenClaims
        do {
            claims = try await collection.verify(text, as: RoomTokenClaims.self)
        } catch let error as JWTError where error.errorType == .malformedToken {
            throw .claims
        } catch {
            throw .signature
        }
        let token = try claims.token()
        guard token.expiresAt - token.notBefore <= terms.maxLifetimeMs, token.expiresAt > token.notBefore else {
            throw .lifetime
        }
        guard token.notBefore <= nowMs + terms.leewayMs else { throw .notYet }
        guard nowMs < token.expiresAt + terms.leewayMs else { throw .expired }
        return token
    }

    /// Signs a token with `kid`, or with the first key of the file that can.
    ///
    /// - Throws: `KeySetFault` when there is no such key, or it has only its public part.
    public func sign(_ token: RoomToken, kid: String? = nil) async throws(KeySetFault) -> String {
        guard let kid = kid ?? signingKey, algorithms[kid] != nil else {
            throw KeySetFault("No key of the file can sign: a private part (d) or a secret (k) is needed.")
        }
        do {
            return try await collection.sign(RoomTokenClaims(token), kid: JWKIdentifier(string: kid))
        } catch {
            throw KeySetFault("The key \(kid) cannot sign: its private part (d) is not in the file.")
        }
    }
}

/// What the header of a token says before anything is verified.
struct RoomTokenHeader {
    let kid: String?
    let alg: String?

    init(of text: String) throws(RoomTokenFault) {
        let parts = text.utf8.count <= RoomTokenKeys.maxTokenBytes ? text.split(separator: ".") : []
        guard parts.count == 3, let bytes = Base64URL.decode(parts[0]),
            let fields = try? JSONDecoder().decode(Fields.self, from: Data(bytes)), fields.crit == nil
        else { throw .malformed }
        kid = fields.kid
        alg = fields.alg
    }

    private struct Fields: Decodable {
        let kid: String?
        let alg: String?
        /// Extensions that must be understood (RFC 7515 §4.1.11): none is.
        let crit: [String]?
    }
}
