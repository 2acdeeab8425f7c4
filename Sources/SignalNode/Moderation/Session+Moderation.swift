import NIOCore
import SignalDomain

/// Moderation by a peer of the room.
extension Session {
    /// Carries out what a moderator wants, and tells it what came of that.
    func moderate(_ command: ModerateCommand, _ socket: any SessionSocket) {
        guard let verb = ModerationRequest.Verb(rawValue: command.action) else {
            return refuse(.invalidMessage, id: command.id, message: CommandFault.action.sentence, socket)
        }
        let request = ModerationRequest(
            verb, in: seat.room, peerID: command.peer?.text, reason: command.reason,
            until: command.until.map(Double.init))
        let actor = AuditEntry.Actor(state.value.principal, peer: seat.peer)
        guard grants.isSuperset(of: verb.needed) else {
            node.audit.record(
                request.entry(by: actor, from: seat.client, .refused(code: ErrorCode.forbidden.rawValue)))
            return refuse(.forbidden, id: command.id, socket)
        }
        // One task for a decision, never for a signal; the budget of messages to the server bounds them.
        Task { [self] in
            let result: Result<ModerationOutcome, Refusal>
            do throws(Refusal) {
                result = .success(try await node.moderate(request))
                node.audit.record(request.entry(by: actor, from: seat.client))
            } catch {
                result = .failure(error)
                node.audit.record(request.entry(by: actor, from: seat.client, .failed(code: error.code)))
            }
            seat.shard.loop.execute { self.moderated(command, result) }
        }
    }

    private func moderated(_ command: ModerateCommand, _ result: Result<ModerationOutcome, Refusal>) {
        guard case .open(let socket) = state.value.phase else { return }
        switch result {
        case .success(let outcome):
            let text = ServerMessages.moderated(
                action: command.action, peer: command.peer, applied: outcome.applied, id: command.id)
            socket.send(SignalFrame.text(text), from: nil)
        case .failure(let refusal):
            let code: ErrorCode = refusal.status == 400 ? .invalidMessage : .unavailable
            refuse(code, id: command.id, message: refusal.sentence, socket)
        }
    }
}
