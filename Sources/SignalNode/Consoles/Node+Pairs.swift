import Backplane
import NIOCore
public import SignalDomain

/// Why two peers of a room did not connect.
extension Node {
    /// `{namespace,room,a,b,nodes:[{name,answered,recorded?,events?}]}`: the last events between two peers as each node
    /// has seen them, for an operator or a moderator of the room. Nodes that have not answered in time have no events.
    public func pairPage(
        _ room: RoomKey, _ one: String?, _ other: String?, for caller: Caller
    ) async throws(Refusal) -> [UInt8] {
        try await audited(look(at: "pair", in: room, from: caller.client)) { (entry) async throws(Refusal) in
            _ = try authorize(
                try await identify(caller, needing: .moderate, for: &entry), in: room, needing: .moderate)
        }
        let one = try Self.peer(one, "a")
        let other = try Self.peer(other, "b")
        var nodes: [(name: String, json: [UInt8])] = [(configuration.nodeName, seen(of: one, other, in: room))]
        let cluster = clusters[room]
        if case .success(.nodes(let live)) = await cluster.ask(.nodes) {
            let others = live.filter { $0.info.name != configuration.nodeName }
            let answers = await cluster.ask(
                .pair(room, one, other), of: others.map(\.node), withinMs: configuration.console.answerMs)
            nodes += others.map { node in
                (node.info.name, answers[node.node].map { Array($0.readableBytesView) } ?? Self.silent(node.info.name))
            }
        }
        var object = JSONObjectText()
        object.add("namespace", room.namespace)
        object.add("room", room.room)
        object.add("a", one.text)
        object.add("b", other.text)
        let parts = nodes.sorted { $0.name < $1.name }.map { String(decoding: $0.json, as: UTF8.self) }
        object.add("nodes", json: "[" + parts.joined(separator: ",") + "]")
        return object.closed
    }

    private static func silent(_ name: String) -> [UInt8] {
        var object = JSONObjectText()
        object.add("name", name)
        object.add("answered", false)
        return object.closed
    }

    private static func peer(_ text: String?, _ name: String) throws(Refusal) -> PeerID {
        do throws(NameError) {
            return try PeerID(text ?? "")
        } catch {
            throw .badName(error)
        }
    }
}

/// Drains of other nodes than the one that is asked.
extension Node {
    /// Lets a node of the cluster take new peers no more, or again, on behalf of an operator; answers `{state}`.
    ///
    /// - Throws: 404 for a node that has no lease, 409 `stopping`, 503 when it does not answer.
    public func setDraining(_ isDraining: Bool, of name: String, by caller: Caller) async throws(Refusal) -> [UInt8] {
        let action: AuditAction = isDraining ? .drain : .undrain
        let state = try await operate(action, on: name, by: caller) { () async throws(Refusal) -> String in
            let isOwn = name == self.configuration.nodeName
            let question = ConsoleFrame.Question.drain(isDraining)
            guard !isOwn else { return try Self.state(self.answer(question)) }
            return try Self.state(try await self.asked(question, of: name))
        }
        var object = JSONObjectText()
        object.add("state", state)
        return object.closed
    }

    private static func state(_ answer: [UInt8]) throws(Refusal) -> String {
        let word = String(decoding: answer, as: UTF8.self)
        guard word != Refusal.stopping.code else { throw .stopping }
        return word
    }

    /// The answer of the node of this name.
    private func asked(_ question: ConsoleFrame.Question, of name: String) async throws(Refusal) -> [UInt8] {
        for shard in 0..<clusters.count {
            let cluster = clusters.cluster(shard)
            guard case .success(.nodes(let live)) = await cluster.ask(.nodes) else { continue }
            let named = live.filter { $0.info.name == name }
            guard !named.isEmpty else { throw .notFound }
            let answers = await cluster.ask(
                question, of: named.map(\.node), withinMs: configuration.console.answerMs)
            guard let answer = answers.values.first else { break }
            return Array(answer.readableBytesView)
        }
        throw .unavailable(retryAfterSeconds: retryAfterSeconds)
    }
}
