import SignalDomain
import SignalNode

/// Room tokens: their three parts, the header, the claims.
///
/// Promises: no trap; a token comes back as it was signed; whatever else is accepted says what was signed; a header of
/// another algorithm, without a key or with extensions is refused.
struct TokenFuzz: FuzzTarget {
    private static let mutator = Mutator([
        ".", "..", "=", "-", "_", "eyJhbGciOiJub25lIn0", "e30", "bnVsbA", "W10", "AAAA", "\u{0}", "é",
    ])
    private static let headers = [
        #"{"alg":"none"}"#, #"{"alg":"none","kid":"k"}"#, #"{"alg":"HS256"}"#, #"{"alg":"HS256","kid":"other"}"#,
        #"{"alg":"EdDSA","kid":"k"}"#, #"{"alg":"HS512","kid":"k"}"#, #"{"alg":"HS256","kid":"k","crit":["exp"]}"#,
        "[]",
        "7", "{", #"{"alg":["HS256"],"kid":"k"}"#, #"{"alg":"hs256","kid":"k"}"#,
    ]
    private static let nowMs: Int64 = 1_800_000_000_000
    private var keys: RoomTokenKeys?

    mutating func run(_ random: inout FuzzRandom) async throws(Finding) -> Bool {
        if keys == nil { keys = try? await RoomTokenKeys(secret: Array(repeating: 7, count: 32), kid: "k") }
        guard let keys else { throw Finding("a secret of 32 bytes is a key", []) }
        let token = RoomToken(
            subject: "s\(random.below(10))", id: "j", namespace: random.pick(["n", "ü"]),
            room: random.pick(["r", nil]),
            grants: [.join], notBefore: Self.nowMs - 1_000,
            expiresAt: Self.nowMs + Int64(1 + random.below(1_000)) * 1_000)
        guard let signed = try? await keys.sign(token) else { throw Finding("a token can be signed", []) }
        let parts = signed.split(separator: ".")
        var bytes = Array(signed.utf8)
        switch random.below(10) {
        case 0, 1, 2: break
        case 3, 4:
            let header = Array(random.pick(Self.headers).utf8)
            let forged = Base64URL.encode(header)
            if await accepts("\(forged).\(parts[1]).\(parts[2])", keys) != nil {
                throw Finding("another header is refused", header)
            }
            return false
        default: Self.mutator.mutate(&bytes, &random)
        }
        let read = await accepts(String(decoding: bytes, as: UTF8.self), keys)
        if read == nil, bytes.elementsEqual(signed.utf8) { throw Finding("a token comes back as it was signed", bytes) }
        if let read, read != token { throw Finding("what is accepted says what was signed", bytes) }
        return read != nil
    }

    private func accepts(_ text: String, _ keys: RoomTokenKeys) async -> RoomToken? {
        try? await keys.verify(text, nowMs: Self.nowMs, terms: RoomTokenKeys.Terms())
    }
}
