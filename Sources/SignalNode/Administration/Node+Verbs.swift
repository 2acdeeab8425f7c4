public import SignalDomain

/// The verbs of moderators and operators: who may, what is done, and the line in the audit log that says so.
extension Node {
    /// Moderates on behalf of an HTTP caller; answers `{applied}`.
    public func moderate(_ request: ModerationRequest, by caller: Caller) async throws(Refusal) -> [UInt8] {
        let entry = request.entry(by: .anonymous, from: caller.client)
        return try await audited(entry) { (entry) async throws(Refusal) -> [UInt8] in
            let identified = try await identify(caller, needing: request.verb.needed, for: &entry)
            _ = try authorize(identified, in: request.room, needing: request.verb.needed)
            return try await moderate(request).json
        }
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
    func operate<Value>(
        _ action: AuditAction, on target: String?, detail: String? = nil, by caller: Caller,
        _ body: () async throws(Refusal) -> Value
    ) async throws(Refusal) -> Value {
        let entry = AuditEntry(action, by: .anonymous, from: caller.client, target: target, detail: detail)
        return try await audited(entry) { (entry) async throws(Refusal) -> Value in
            try await authorizeOperator(caller, for: &entry)
            return try await body()
        }
    }
}

extension ModerationRequest {
    func entry(
        by actor: AuditEntry.Actor, from client: ClientAddress, _ result: AuditEntry.Result = .done
    ) -> AuditEntry {
        AuditEntry(
            verb.audited, by: actor, from: client, in: room, target: auditTarget, result: result, detail: auditDetail)
    }

    /// Whom it is about; an address only as its network, for this stays when addresses are forgotten.
    private var auditTarget: String? {
        let names = [
            peerID.map { "peer:" + $0 }, subject.map { "sub:" + $0 },
            address.flatMap { ClientAddress($0) }.map { "network:" + AuditLine.network(of: $0) },
        ]
        let text = names.compactMap(\.self).joined(separator: " ")
        return text.isEmpty ? nil : text
    }

    private var auditDetail: String? {
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

extension Int64 {
    /// The nearest number that fits; 0 for what is none.
    init(clamping value: Double) {
        self = value.isNaN ? 0 : value >= 9e18 ? .max : value <= -9e18 ? .min : Int64(value)
    }
}
