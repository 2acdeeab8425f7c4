import Backplane
public import SignalDomain

/// `GET /bootstrap`: what a client needs to know before it connects.
extension Node {
    /// The answer as JSON.
    ///
    /// - Parameter signalingURL: the address that the request itself suggests; a configured one wins.
    public func bootstrap(namespace: String?, room: String?, signalingURL: String) async throws(Refusal) -> [UInt8] {
        let key: RoomKey
        do throws(NameError) {
            key = try RoomKey(namespace: namespace, room: room)
        } catch {
            throw .badName(error)
        }
        let peers = await memberCount(of: key)
        var out = Array("{\"namespace\":".utf8)
        out += JSONText.quote(key.namespace)
        out += Array(",\"room\":".utf8)
        out += JSONText.quote(key.room)
        out += Array(",\"peers\":\(peers),\"signalingUrl\":".utf8)
        out += JSONText.quote(configuration.publicSignalingURL ?? signalingURL)
        out += Array(",\"iceServers\":[".utf8)
        if !configuration.stunURIs.isEmpty {
            out += Array("{\"urls\":[".utf8)
            out += configuration.stunURIs.map { JSONText.quote($0) }.joined(separator: [UInt8(ascii: ",")])
            out += Array("]}".utf8)
        }
        out += Array("],\"roomKind\":\"public\",\"protocol\":[],\"limits\":{\"maxMessageBytes\":".utf8)
        out += Array(
            "\(configuration.messages.maxBytes),\"messagesPerMinute\":\(configuration.rates.messagesPerMinute)".utf8)
        out += Array("},\"node\":".utf8)
        out += JSONText.quote(configuration.nodeName)
        out.append(UInt8(ascii: "}"))
        return out
    }

    /// The members of a room over the whole cluster; on an island, those that this node knows of.
    private func memberCount(of room: RoomKey) async -> Int {
        if case .success(.count(let count)) = await cluster.ask(.count(room)), !status.isDegraded { return count }
        return await cluster.members(of: room)
    }
}
