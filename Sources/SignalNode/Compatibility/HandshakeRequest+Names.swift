import SignalDomain

extension HandshakeRequest {
    /// Where the client wants to sit, and under which name, by the rules of its endpoint; a client of `/topics` says later
    /// in which rooms it wants to be, and until then counts as one of the namespace.
    func names() throws(Refusal) -> (room: RoomKey, peer: PeerID?) {
        if dialect == .peerJS, peerID == nil || (namespace ?? "").isEmpty || queryToken == nil {
            throw .badRequest("id, token and key are needed.")
        }
        do throws(NameError) {
            switch dialect {
            case .one, .two:
                let room = try RoomKey(namespace: namespace, room: room)
                guard !room.isOfOtherClients else { throw NameError(field: .namespace, reason: .reserved) }
                guard let peerID, !peerID.isEmpty else { return (room, nil) }
                return (room, try PeerID(peerID))
            case .topics: return (try RoomKey(topic: RoomKey.defaultRoom), nil)
            case .peerJS:
                let peer = try PeerID(peerJS: peerID ?? "")
                return (try RoomKey(peerJSKey: namespace ?? "", of: peer), peer)
            }
        } catch {
            throw .badName(error)
        }
    }
}

extension Node {
    /// The request as its token is to be read in the room: the token of a PeerJS client is a token of the cluster only
    /// where nobody may enter without one.
    func reading(_ request: HandshakeRequest, in room: RoomKey) -> HandshakeRequest {
        guard request.dialect == .peerJS, rules(for: room).anonymous.contains(.join) else { return request }
        var request = request
        request.queryToken = nil
        return request
    }

    /// Who holds the place of a client, and may take it over: for PeerJS whoever knows its token, else the token's subject
    /// or the address.
    func owner(of principal: Principal, for request: HandshakeRequest) -> String {
        guard request.dialect == .peerJS else { return owner(of: principal, from: request.client) }
        return "pjs:" + sign(Array("peerjs:\(request.queryToken ?? "")".utf8)).prefix(12).hexadecimal
    }
}
