/// As whom somebody has proven themselves, before any room is looked at.
public enum Identity: Hashable, Sendable {
    /// Showed no token, or one to a node that knows none.
    case anonymous
    /// Holds the shared token.
    case sharedToken
    /// Runs the service.
    case `operator`
    case roomToken(RoomToken)
}

extension RoomRules {
    /// Why somebody may not do something here.
    public enum Denial: Error, Hashable, Sendable {
        /// A token would be needed, and there is none.
        case tokenNeeded
        /// The token is good, but not for this.
        case forbidden
    }

    /// Who somebody is in a room of these rules. It looks at nothing but names, so that a room that is not there answers
    /// like one that is.
    ///
    /// - Parameters:
    ///   - room: the room that these rules are for.
    ///   - needed: what the principal has to be allowed at least.
    public func principal(
        of identity: Identity, in room: RoomKey, needing needed: Grants
    ) throws(Denial) -> Principal {
        let principal: Principal
        switch identity {
        case .anonymous:
            principal = Principal(grants: kind == .public ? anonymous : [])
            guard principal.grants.isSuperset(of: needed) else { throw .tokenNeeded }
        case .sharedToken:
            // It is known to everybody who has the app, so it opens what is open to the app.
            principal = Principal(grants: kind == .public ? .member : [], isAuthenticated: true)
        case .operator:
            principal = Principal(grants: .all, isAuthenticated: true, isOperator: true)
        case .roomToken(let token):
            guard token.isFor(room), kind != .admin || token.grants.contains(.moderate) else { throw .forbidden }
            principal = Principal(
                subject: token.subject, tokenID: token.id, grants: token.grants, expiresAt: token.expiresAt,
                peer: token.peer, isAuthenticated: true)
        }
        guard principal.grants.isSuperset(of: needed) else { throw .forbidden }
        return principal
    }
}
