public import SignalDomain

/// The verbs of moderators and operators: who may, what is done, and the line in the audit log that says so.
extension Node {
    /// Moderates on behalf of an HTTP caller; answers `{applied}`.
    public func moderate(_ request: ModerationRequest, by caller: Caller) async throws(Refusal) -> [UInt8] {
        var actor = AuditEntry.Actor.anonymous
        do throws(Refusal) {
            let principal = try await authorize(caller, in: request.room, needing: request.verb.needed).principal
            actor = .init(principal)
            let outcome = try await moderate(request)
            record(request, by: actor, from: caller.client, .done)
            return outcome.json
        } catch {
            record(request, by: actor, from: caller.client, .refused(code: error.code))
            throw error
        }
    }

    func record(
        _ request: ModerationRequest, by actor: AuditEntry.Actor, from client: ClientAddress,
        _ result: AuditEntry.Result
    ) {
        audit.record(
            AuditEntry(
                request.verb.audited, by: actor, from: client, in: request.room, target: request.target, result: result,
                detail: request.detail))
    }

    /// Voids tokens on behalf of an operator; answers `{applied}`.
    public func revoke(
        tokenID: String?, subject: String?, reason: String?, until: Double?, by caller: Caller
    ) async throws(Refusal) -> [UInt8] {
        let target = [tokenID.map { "jti:" + $0 }, subject.map { "sub:" + $0 }].compactMap(\.self).joined(
            separator: " ")
        return try await operate(.tokenRevoked, on: target, by: caller) { () async throws(Refusal) -> [UInt8] in
            try await self.revoke(tokenID: tokenID, subject: subject, reason: reason, until: until).json
        }
    }

    /// Takes new peers no more, or again, on behalf of an operator.
    public func setDraining(_ isDraining: Bool, by caller: Caller) async throws(Refusal) {
        try await operate(isDraining ? .drain : .undrain, on: configuration.nodeName, by: caller) {
            () async throws(Refusal) in
            if isDraining { self.beginDrain() } else { try self.endDrain() }
        }
    }

    /// Runs what only an operator may; every try is audited.
    func operate<Result>(
        _ action: AuditAction, on target: String?, detail: String? = nil, by caller: Caller,
        _ body: () async throws(Refusal) -> Result
    ) async throws(Refusal) -> Result {
        var actor = AuditEntry.Actor.anonymous
        do throws(Refusal) {
            actor = .init(try await authorizeOperator(caller).principal)
            let result = try await body()
            audit.record(AuditEntry(action, by: actor, from: caller.client, target: target, detail: detail))
            return result
        } catch {
            audit.record(
                AuditEntry(
                    action, by: actor, from: caller.client, target: target, result: .refused(code: error.code),
                    detail: detail))
            throw error
        }
    }
}

extension ModerationRequest {
    /// Whom it is about, for the audit log; an address only as its network.
    fileprivate var target: String? {
        let names = [
            peerID.map { "peer:" + $0 }, subject.map { "sub:" + $0 },
            address.flatMap { ClientAddress($0) }.map { "ip:" + AuditLine.network(of: $0) },
        ]
        let text = names.compactMap(\.self).joined(separator: " ")
        return text.isEmpty ? nil : text
    }

    fileprivate var detail: String? {
        let parts = [until.map { "until \(Int64(clamping: $0))" }, reason].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}

extension ModerationRequest.Verb {
    fileprivate var audited: AuditAction {
        switch self {
        case .kick: .kick
        case .mute: .mute
        case .unmute: .unmute
        case .ban: .ban
        case .unban: .unban
        case .close: .roomClosed
        case .open: .roomOpened
        }
    }
}

extension AuditAction {
    public static let roomOpened = AuditAction(rawValue: "room.opened")
}

extension Int64 {
    /// The nearest number that fits; 0 for what is none.
    init(clamping value: Double) {
        self = value.isNaN ? 0 : value >= 9e18 ? .max : value <= -9e18 ? .min : Int64(value)
    }
}
