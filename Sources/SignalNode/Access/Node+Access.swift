import CoreMetrics
import NIOCore
public import SignalDomain

/// Who somebody is: tokens become identities, and an identity in a room a principal.
extension Node {
    /// Whether anybody may do everything in every room.
    public var isOpen: Bool { access.policy.isOpen }

    /// The rules of a room by the policy of now.
    public func rules(for room: RoomKey) -> RoomRules { access.policy.rules(for: room) }

    /// Whether members with this principal are given TURN credentials in the room.
    public func hasTURN(_ room: RoomKey, _ principal: Principal) -> Bool {
        rules(for: room).hasTURN && principal.grants.contains(.join)
    }

    /// From now on room tokens of these keys are good, and of no others.
    public func use(keys: RoomTokenKeys?) { access.keys = keys }

    /// From now on the rooms are what this policy says; sessions that it does not admit are closed with 4403,
    /// and watches end.
    public func use(policy: RoomPolicy) {
        access.policy = policy
        for handle in shards {
            handle.onLoop { shard in
                for session in shard.sessions { session.reviewAccess() }
            }
        }
        reviewWatches(of: nil)
    }

    // MARK: Identities

    func verify(_ token: String, _ keys: RoomTokenKeys) async -> Result<Identity, Refusal> {
        do throws(RoomTokenFault) {
            let now = clock.wall().milliseconds
            return .success(.roomToken(try await keys.verify(token, nowMs: now, terms: access.terms)))
        } catch {
            return .failure(.invalidToken)
        }
    }

    /// Every refusal for want of a good token passes here, with the address that it came from.
    func noteFailure(_ refusal: Refusal, from client: ClientAddress) {
        if refusal.status == 401 { metrics.authFailures.increment() }
    }

    // MARK: Principals

    /// The only way to a principal: the policy of the room, then what the token is bound to.
    ///
    /// - Parameters:
    ///   - peer: the name that the client wants; nil = it wants none of its own.
    ///   - needed: what the principal has to be allowed at least.
    func principal(
        of identity: Identity, in room: RoomKey, as peer: PeerID?, from client: ClientAddress, needing needed: Grants
    ) throws(Refusal) -> Principal {
        let principal: Principal
        do throws(RoomRules.Denial) {
            principal = try rules(for: room).principal(of: identity, in: room, needing: needed)
        } catch {
            switch error {
            case .tokenNeeded: throw .unauthorized
            case .forbidden: throw .forbidden
            }
        }
        if let fixed = principal.peer, let peer, fixed != peer { throw .forbidden }
        try check(principal, as: peer ?? principal.peer, in: room, from: client, needing: needed)
        return principal
    }

    /// Who the holder of the principal is to the cluster: takeover of a peer ID and of records needs the same owner.
    func owner(of principal: Principal, from client: ClientAddress) -> String {
        guard let subject = principal.subject else { return owner(of: client) }
        return owner(ofSubject: subject)
    }

    func owner(ofSubject subject: String) -> String {
        "sub:" + sign(Array("sub:\(subject)".utf8)).prefix(12).hexadecimal
    }
}
