/// Why a room token is not accepted. Clients hear the same of all; people with the token in hand get the sentence.
public enum RoomTokenFault: String, Error, Hashable, Sendable, CaseIterable {
    case malformed
    case unknownKey
    case algorithm
    case signature
    case claims
    case audience
    case notYet
    case expired
    case lifetime

    public var sentence: String {
        switch self {
        case .malformed: "It is not a signed token of three parts."
        case .unknownKey: "Its kid is missing or names no key of the file."
        case .algorithm: "Its alg is not the one of its key."
        case .signature: "The signature is wrong."
        case .claims: "A claim is missing or malformed: sub, exp, nbf, jti, ns, room and grants are needed."
        case .audience: "It is for another audience: aud must be signal."
        case .notYet: "Its nbf lies in the future."
        case .expired: "It has expired."
        case .lifetime: "It lives longer than the node allows: exp is too far behind nbf."
        }
    }
}
