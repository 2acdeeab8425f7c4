import Backplane
public import SignalDomain

/// `GET /bootstrap`: what a client needs to know before it connects.
extension Node {
    /// The answer as JSON.
    ///
    /// - Parameters:
    ///   - region: where the caller would like its TURN servers.
    ///   - signalingURL: the address that the request itself suggests; a configured one wins.
    public func bootstrap(
        namespace: String?, room: String?, region: String?, by caller: Caller, signalingURL: String
    ) async throws(Refusal) -> [UInt8] {
        let key: RoomKey
        do throws(NameError) {
            key = try RoomKey(namespace: namespace, room: room)
        } catch {
            throw .badName(error)
        }
        let principal = try await visitor(caller, in: key, needing: .join)
        let ice = iceServers(for: principal, in: key, from: caller.client, region: region)
        let peers = await memberCount(of: key)
        var out = Array("{\"namespace\":".utf8)
        out += JSONText.quote(key.namespace)
        out += Array(",\"room\":".utf8)
        out += JSONText.quote(key.room)
        out += Array(",\"peers\":\(peers),\"signalingUrl\":".utf8)
        out += JSONText.quote(configuration.publicSignalingURL ?? signalingURL)
        out += Array(",\"iceServers\":\(ice.json),\"iceTtlMs\":\(ice.ttlMs),\"roomKind\":".utf8)
        out += JSONText.quote(rules(for: key).kind.rawValue)
        out += Array(",\"protocol\":[".utf8)
        out += JSONText.quote(Dialect.two.subprotocol ?? "")
        out += Array("],\"limits\":{\"maxMessageBytes\":".utf8)
        out += Array(
            "\(configuration.messages.maxBytes),\"messagesPerMinute\":\(configuration.rates.messagesPerMinute)".utf8)
        out += Array("},\"node\":".utf8)
        out += JSONText.quote(configuration.nodeName)
        out.append(UInt8(ascii: "}"))
        return out
    }

    /// What a session of dialect 2 hears first.
    func welcome(
        _ arrival: Arrival, members: [PresenceEntry], hasMore: Bool, resumeToken: String, grants: Grants,
        ice: IceOffer
    ) -> Welcome {
        Welcome(
            peer: arrival.place.peer, room: arrival.place.room, now: clock.wall(), node: configuration.nodeName,
            resumed: arrival.isResumed, members: members, more: hasMore, version: arrival.version,
            resumeToken: resumeToken, resumeWindowMs: Int64(configuration.delivery.leaveWindowMs),
            iceServers: ice.json, iceTtlMs: ice.ttlMs,
            heartbeatMs: Int64(configuration.delivery.clientHeartbeatMs),
            limits: .init(
                maxMessageBytes: configuration.messages.maxBytes,
                messagesPerMinute: configuration.rates.messagesPerMinute),
            grants: grants.names)
    }

    /// The members of a room over the whole cluster; on an island, those that this node knows of.
    private func memberCount(of room: RoomKey) async -> Int {
        let cluster = clusters[room]
        if case .success(.count(let count)) = await cluster.ask(.count(room)), !status.isDegraded { return count }
        return await cluster.members(of: room)
    }
}
