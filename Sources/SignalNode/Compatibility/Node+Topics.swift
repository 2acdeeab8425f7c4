import NIOCore
import SignalDomain

extension Node {
    /// Lets a client of `/topics` in; into which rooms is decided with each subscription.
    func connect(
        _ request: HandshakeRequest, at place: Newcomer.Place, on loop: any EventLoop,
        completion: @escaping (Result<any SocketSession, Refusal>) -> Void
    ) {
        identify(request.credentials, from: request.client, on: loop) { [self] result in
            do throws(Refusal) {
                let identity = try result.get()
                guard !status.isDraining else { throw .draining(retryAfterSeconds: retryAfterSeconds) }
                guard let peer = randomPeer() else { throw .internalError }
                completion(.success(TopicsConnection(at: place, as: peer, identity: identity, node: self)))
            } catch {
                completion(.failure(error))
            }
        }
    }
}
