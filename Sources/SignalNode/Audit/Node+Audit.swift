public import SignalDomain

/// Nothing that needs a right happens without its line in the audit log, and neither does a try.
extension Node {
    /// Runs `body`, and records what came of it.
    ///
    /// - Parameters:
    ///   - entry: what is known before anybody was asked who they are; `body` adds the rest as it learns it.
    func audited<Value>(
        _ entry: AuditEntry, _ body: (inout AuditEntry) async throws(Refusal) -> Value
    ) async throws(Refusal) -> Value {
        var entry = entry
        do throws(Refusal) {
            let value = try await body(&entry)
            audit.record(entry)
            return value
        } catch {
            audit.record(entry.ending(in: error))
            throw error
        }
    }

    /// `identify` for the first step of something that is audited: who is refused here gets no further.
    public func identify(
        _ caller: Caller, needing needed: Grants, for action: AuditAction
    ) async throws(Refusal) -> IdentifiedCaller {
        do throws(Refusal) {
            return try await identify(caller, needing: needed)
        } catch {
            audit.record(AuditEntry(action, by: .anonymous, from: caller.client).ending(in: error))
            throw error
        }
    }

    /// `identify` in the midst of something that is audited.
    func identify(
        _ caller: Caller, needing needed: Grants, for entry: inout AuditEntry
    ) async throws(Refusal) -> IdentifiedCaller {
        let identified = try await identify(caller, needing: needed)
        entry.actor = .init(identified.identity)
        return identified
    }

    /// A look at what only operators and moderators see.
    func look(at target: String, in room: RoomKey? = nil, from client: ClientAddress) -> AuditEntry {
        AuditEntry(.adminRequest, by: .anonymous, from: client, in: room, target: target)
    }
}

extension AuditEntry.Actor {
    /// Who shows a token, whatever it is good for.
    init(_ identity: Identity) {
        switch identity {
        case .operator: self = .operator(subject: nil)
        case .roomToken(let token): self = .subject(token.subject)
        case .sharedToken, .anonymous: self = .anonymous
        }
    }
}

extension AuditEntry {
    /// The entry of something that did not happen.
    fileprivate func ending(in refusal: Refusal) -> AuditEntry {
        var entry = self
        entry.result = refusal.status >= 500 ? .failed(code: refusal.code) : .refused(code: refusal.code)
        // Whoever is nobody could fill the log with words of their own.
        if actor == .anonymous { entry.detail = nil }
        return entry
    }
}
