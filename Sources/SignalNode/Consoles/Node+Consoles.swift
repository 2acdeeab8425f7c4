import Backplane
import NIOCore
import SignalDomain
import Synchronization

/// What this node tells the consoles of operators, and asks the other nodes for them. Nothing goes out while nobody looks.
extension Node {
    /// Tells counters, and looks who is there, as long as somebody listens.
    func keepConsoles() {
        let pause = TimeAmount.milliseconds(Int64(configuration.console.reportMs))
        shards.first?.loop.scheduleRepeatedTask(initialDelay: pause, delay: pause) { [weak self] task in
            guard let self else { return task.cancel() }
            events.publish(.counters(counters))
            guard events.hasListeners else { return roll.withLock { $0.forget() } }
            Task { await self.watchCluster() }
        }
    }

    /// `{sockets,rooms,state,redis,received,delivered,joins,leaves,roundTripMs,ice}`; counts since the start.
    private var counters: JSONObjectText {
        let status = status
        var object = JSONObjectText()
        object.add("sockets", metrics.activeConnections)
        object.add("rooms", roomCount)
        object.add("state", status.isDraining ? "draining" : "up")
        object.add("redis", status.backplane.rawValue)
        metrics.tally.add(to: &object)
        return object
    }

    /// Says who has come and gone, and that somebody here wants to be told what happens there.
    func watchCluster() async {
        guard isShared, roll.withLock({ $0.begin() }) else { return }
        for shard in 0..<clusters.count {
            let cluster = clusters.cluster(shard)
            guard case .success(.nodes(let nodes)) = await cluster.ask(.nodes) else { continue }
            cluster.watch(nodes.map(\.node))
            for event in roll.withLock({ $0.end(with: nodes) }) { events.publish(event) }
            return
        }
        roll.withLock { $0.end() }
    }

    /// What this node says to the question of another one.
    func answer(_ question: ConsoleFrame.Question) -> [UInt8] {
        switch question {
        case .pair(let room, let one, let other): return seen(of: one, other, in: room)
        case .drain(true):
            beginDrain()
            return Array("draining".utf8)
        case .drain(false):
            do throws(Refusal) { try endDrain() } catch { return Array(error.code.utf8) }
            return Array("up".utf8)
        }
    }

    /// `{name,answered:true,recorded,events:[…]}`: what this node has seen of two peers.
    func seen(of one: PeerID, _ other: PeerID, in room: RoomKey) -> [UInt8] {
        let timeline = timelines[room]
        var object = JSONObjectText()
        object.add("name", configuration.nodeName)
        object.add("answered", true)
        object.add("recorded", timeline != nil)
        object.add("events", (timeline?.events(between: one, and: other) ?? []).map(\.json))
        return object.closed
    }
}
