import NIOCore
import SignalDomain

/// What somebody shows to prove who they are, as far as it can be judged at once.
enum Proof {
    case judged(Result<Identity, Refusal>)
    /// A signature or a ticket has to be looked at first.
    case open(@Sendable () async -> Result<Identity, Refusal>)
}

/// Proofs of handshakes, renewals and requests; wrong ones are counted against the address that they come from.
extension Node {
    /// Verifies the token of a frame. Called on `loop`; answers there, at once unless a signature has to be checked.
    ///
    /// - Parameter client: where the token comes from; too many wrong ones, and none of its tokens is looked at.
    func identify(
        _ credentials: Credentials, from client: ClientAddress, on loop: any EventLoop,
        completion: @escaping (Result<Identity, Refusal>) -> Void
    ) {
        judge(proof(credentials, from: client), from: client, on: loop, completion: completion)
    }

    /// The same for the handshake, which shows a token or else a ticket.
    func identify(
        _ request: HandshakeRequest, in room: RoomKey, as peer: PeerID?, on loop: any EventLoop,
        completion: @escaping (Result<Identity, Refusal>) -> Void
    ) {
        judge(proof(request, in: room, as: peer), from: request.client, on: loop, completion: completion)
    }

    /// The same for HTTP.
    func identify(_ credentials: Credentials, from client: ClientAddress) async throws(Refusal) -> Identity {
        let result =
            switch proof(credentials, from: client) {
            case .judged(let result): result
            case .open(let check): await check()
            }
        let delay = delay(of: result, from: client)
        if delay > 0 { try? await Task.sleep(for: .milliseconds(delay)) }
        return try result.get()
    }

    private func judge(
        _ proof: Proof, from client: ClientAddress, on loop: any EventLoop,
        completion: @escaping (Result<Identity, Refusal>) -> Void
    ) {
        let answer = NIOLoopBound(completion, eventLoop: loop)
        switch proof {
        case .judged(let result):
            let delay = delay(of: result, from: client)
            guard delay > 0 else { return completion(result) }
            loop.scheduleTask(in: .milliseconds(delay)) { answer.value(result) }
        case .open(let check):
            // One task for a handshake or a renewal, never for a message.
            Task { [self] in
                let result = await check()
                loop.scheduleTask(in: .milliseconds(delay(of: result, from: client))) { answer.value(result) }
            }
        }
    }

    private func proof(_ request: HandshakeRequest, in room: RoomKey, as peer: PeerID?) -> Proof {
        guard request.credentials.token == nil, let ticket = request.queryTicket else {
            return proof(request.credentials, from: request.client)
        }
        if let refusal = tooManyWrong(from: request.client) { return .judged(.failure(refusal)) }
        return .open { [self] in await redeem(ticket, in: room, as: peer) }
    }

    private func proof(_ credentials: Credentials, from client: ClientAddress) -> Proof {
        if credentials.token != nil, let refusal = tooManyWrong(from: client) { return .judged(.failure(refusal)) }
        if let token = invitedToken(credentials) { return .open { [self] in await verifyInvited(token) } }
        switch access.recognize(credentials) {
        case .known(let identity): return .judged(.success(identity))
        case .unknown: return .judged(.failure(.invalidToken))
        case .signed(let token, let keys): return .open { [self] in await verify(token, keys) }
        }
    }

    /// By how many milliseconds the answer to a proof comes late; a wrong one is counted.
    private func delay(of result: Result<Identity, Refusal>, from client: ClientAddress) -> Int64 {
        guard case .failure(let refusal) = result, refusal.code == Refusal.invalidToken.code else { return 0 }
        return noteWrongToken(from: client)
    }
}
