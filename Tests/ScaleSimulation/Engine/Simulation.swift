package import Backplane
import NIOCore
import SignalDomain

/// A whole cluster in virtual time: the cluster machine of every node and shard, one shared state per Redis primary, and
/// what passes between them, counted.
///
/// Whatever a step sets off runs to its end before time goes on: commands take effect at once, replies and frames arrive
/// in their order. Frames pass through their real encoding.
package final class Simulation {
    package let scenario: Scenario
    package internal(set) var seating: Seating
    /// What should have happened, beside `traffic`, what did.
    package internal(set) var model: CostModel
    package internal(set) var traffic: Traffic
    package internal(set) var outcomes = Outcomes()
    var random: SeededRandom
    var states: [SharedState]
    var nodes: [SimulatedNode]
    var parts: [NodeInstance: Part] = [:]
    var work = WorkQueue()
    /// Virtual milliseconds.
    package private(set) var now: Int64 = 1_000_000
    private var lastMicros: Int64 = 0
    /// Gets what nodes send to Redis.
    package var listener: (_ node: Int, Dispatch) -> Void = { _, _ in }
    let payload: ByteBuffer
    static let stepMs: Int64 = 10
    private static let heartbeatMs: Int64 = 500
    private static let pulseMs: Int64 = 20

    /// What the clients of the world saw.
    package struct Outcomes: Sendable, Equatable {
        package var welcomed = 0
        package var resumed = 0
        /// Best effort signals that reached a client.
        package var delivered = 0
        /// Reliable signals that reached a client.
        package var handedOver = 0
        package var received = 0
        /// Anything that should not happen here, by its name.
        package var faults: [String: Int] = [:]
    }

    /// A cluster whose nodes have registered and hold nobody.
    package init(_ scenario: Scenario) {
        var random = SeededRandom(seed: scenario.seed)
        self.scenario = scenario
        seating = Seating(scenario, &random)
        model = CostModel(rooms: scenario.rooms)
        traffic = Traffic(shards: scenario.shards, nodes: scenario.nodes)
        states = (0..<scenario.shards).map { _ in SharedState() }
        nodes = (0..<scenario.nodes).map { SimulatedNode($0, shards: scenario.shards) }
        payload = ByteBuffer(repeating: UInt8(ascii: "x"), count: scenario.payloadBytes)
        self.random = random
        for part in allParts {
            nodes[part.node].nextBeats[part.shard] = now + Int64.random(in: 0..<Self.heartbeatMs, using: &self.random)
            let machine = nodes[part.node].machines[part.shard].node
            perform(at: part) { $0.begin(as: machine, now: $1) }
        }
        drain()
    }

    /// The instance under which a node registers first, on the first shard.
    package static func firstInstance(of node: Int) -> NodeInstance {
        SimulatedNode.instance(of: node, shard: 0, life: 0)
    }

    var allParts: [Part] {
        (0..<scenario.nodes).flatMap { node in (0..<scenario.shards).map { Part(node: node, shard: $0) } }
    }

    // MARK: Time

    /// Lets `milliseconds` pass, in steps in each of which `body` happens.
    package func pass(_ milliseconds: Int64, _ body: (_ elapsedMs: Int64) -> Void = { _ in }) {
        let start = now
        while now - start < milliseconds {
            now += Self.stepMs
            for part in allParts where nodes[part.node].isAlive { keepTime(of: part) }
            body(now - start)
        }
    }

    private func keepTime(of part: Part) {
        if now % Self.pulseMs == 0, nodes[part.node].machines[part.shard].isBusy {
            perform(at: part) { $0.pulse(now: $1) }
            drain()
        }
        guard now >= nodes[part.node].nextBeats[part.shard] else { return }
        nodes[part.node].nextBeats[part.shard] += Self.heartbeatMs * Int64.random(in: 90...110, using: &random) / 100
        model.beat()
        perform(at: part) { $0.tick(now: $1) }
        drain()
    }

    /// The clock of Redis never shows the same time to two commands.
    private func nextMicros() -> Int64 {
        lastMicros = max(lastMicros + 1, now * 1_000)
        return lastMicros
    }

    // MARK: Work

    /// Lets one machine take a step, and carries out what it decides.
    func perform(at part: Part, _ body: (inout ClusterMachine, Int64) -> [ClusterAction]) {
        let actions = body(&nodes[part.node].machines[part.shard], now)
        for action in actions { carryOut(action, at: part) }
    }

    /// Until nothing is under way.
    func drain() {
        while let item = work.next() {
            guard nodes[item.part.node].isAlive else { continue }
            let part = item.part
            switch item.event {
            case .up(let generation): perform(at: part) { $0.connected(generation: generation, now: $1) }
            case .reply(let command, let reply, let generation):
                perform(at: part) { $0.completed(command, .success(reply), generation: generation, now: $1) }
            case .batch(let batch): receive(batch, at: part)
            case .refence:
                nodes[part.node].lives[part.shard] += 1
                let life = nodes[part.node].lives[part.shard]
                let instance = SimulatedNode.instance(of: part.node, shard: part.shard, life: life)
                perform(at: part) { $0.begin(as: instance, now: $1) }
            case .heard(let connection, let place):
                perform(at: part) { machine, _ in machine.heard(connection, at: place) }
            case .confirmed(let connection, let sequence, let place):
                perform(at: part) { $0.confirmed(connection, through: sequence, at: place, now: $1) }
            }
        }
    }

    private func receive(_ batch: ByteBuffer, at part: Part) {
        traffic.nodes[part.node].frameBytes += batch.readableBytes
        var reader = InboxReader(batch)
        while let frame = reader.next() {
            traffic.nodes[part.node].frames += 1
            if case .broadcast(let room, let sender, _) = frame {
                deliverLocally(room, from: sender, at: part)
            } else {
                perform(at: part) { $0.receive(frame, now: $1) }
            }
        }
        if reader.malformed + reader.unknown > 0 { outcomes.faults["unreadable frame", default: 0] += 1 }
    }

    /// A broadcast reaches everybody in the room on this node but its sender.
    func deliverLocally(_ room: RoomKey, from sender: PeerID, at part: Part) {
        let members = nodes[part.node].machines[part.shard].membership.ownMembers(of: room)
        let reached = members.count - (members[sender] == nil ? 0 : 1)
        outcomes.delivered += reached
        traffic.nodes[part.node].messages += reached
    }

    // MARK: Redis

    func call(_ command: BackplaneCommand, at part: Part) {
        send(.command(command), from: part)
        let (reply, published) = states[part.shard].execute(command, nowMicros: nextMicros())
        for item in published { arrive(item.frame, at: item.to, shard: part.shard) }
        work.append(.reply(command, reply, nodes[part.node].generations[part.shard]), for: part)
    }

    /// One PUBLISH to one node, or one script for several.
    func publish(_ frame: InboxFrame, to others: [NodeInstance], at part: Part) {
        send(.frame(frame, to: others), from: part)
        for other in others { arrive(frame, at: other, shard: part.shard) }
    }

    private func send(_ dispatch: Dispatch, from part: Part) {
        traffic.primaries[part.shard].commands[dispatch.kind] += 1
        traffic.nodes[part.node].commands += 1
        listener(part.node, dispatch)
    }

    private func arrive(_ frame: InboxFrame, at instance: NodeInstance, shard: Int) {
        var batch = InboxBatch(capacity: 256)
        batch.append(frame)
        traffic.primaries[shard].frames[FrameKind(frame)] += 1
        traffic.primaries[shard].frameBytes += batch.bytes.readableBytes
        // Nobody listens to the inbox of a dead node or of an earlier life.
        guard let part = parts[instance] else { return }
        work.append(.batch(batch.bytes), for: part)
    }

    /// A question that no node asks and that is not counted.
    package func memberCount(of room: Int) -> Int {
        let reply = states[seating.shard(of: room)].execute(.count(Seating.key(of: room)), nowMicros: nextMicros())
            .reply
        guard case .count(let count) = reply else { return 0 }
        return count
    }

    /// Whom each node that holds a room sees in it: equal to `memberCount` unless a view is wrong.
    package func viewCounts(of room: Int) -> [Int] {
        let (key, shard) = (Seating.key(of: room), seating.shard(of: room))
        return nodes.filter(\.isAlive).compactMap { node in
            let membership = node.machines[shard].membership
            return membership.ownMembers(of: key).isEmpty ? nil : membership.members(of: key).count
        }
    }
}
