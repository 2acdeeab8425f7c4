import JWTKit
import SignalDomain

/// The payload of a room token as it is signed (RFC 7519 §4). Its numbers and lists are checked in `RoomToken`.
struct RoomTokenClaims: JWTPayload {
    /// `*` in place of a room's name.
    static let everyRoom = "*"

    let aud: Audience
    let sub: String
    /// Seconds since the epoch, as `nbf`.
    let exp: Double
    let nbf: Double
    let jti: String
    let ns: String
    let room: String
    let peer: String?
    let grants: [String]

    /// Nothing: the clock and the rules of the node are not known here.
    func verify(using algorithm: some JWTAlgorithm) {}

    /// One audience or a list; the library's own type traps on an empty list.
    struct Audience: Codable {
        let names: [String]

        init(_ name: String) { names = [name] }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let name = try? container.decode(String.self) {
                names = [name]
            } else {
                names = try container.decode([String].self)
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if names.count == 1 { try container.encode(names[0]) } else { try container.encode(names) }
        }
    }
}

extension RoomTokenClaims {
    init(_ token: RoomToken) {
        aud = Audience(RoomToken.audience)
        sub = token.subject
        exp = Double(token.expiresAt) / 1_000
        nbf = Double(token.notBefore) / 1_000
        jti = token.id
        ns = token.namespace
        room = token.room ?? Self.everyRoom
        peer = token.peer?.text
        grants = token.grants.names
    }

    /// What the claims say, if they are a room token's.
    func token() throws(RoomTokenFault) -> RoomToken {
        guard aud.names.contains(RoomToken.audience) else { throw .audience }
        guard let exp = Self.milliseconds(exp), let nbf = Self.milliseconds(nbf), Self.isName(sub), Self.isName(jti),
            !ns.isEmpty, !room.isEmpty, let grants = Grants(names: grants)
        else { throw .claims }
        var peerID: PeerID?
        if let peer {
            guard let id = try? PeerID(peer) else { throw .claims }
            peerID = id
        }
        return RoomToken(
            subject: sub, id: jti, namespace: ns, room: room == Self.everyRoom ? nil : room, peer: peerID,
            grants: grants, notBefore: nbf, expiresAt: exp)
    }

    /// Nil for what no clock shows; a double of that size would trap as an integer.
    private static func milliseconds(_ seconds: Double) -> Int64? {
        guard seconds >= 0, seconds < 1e12 else { return nil }
        return Int64((seconds * 1_000).rounded())
    }

    private static func isName(_ text: String) -> Bool { (1...255).contains(text.utf8.count) }
}
