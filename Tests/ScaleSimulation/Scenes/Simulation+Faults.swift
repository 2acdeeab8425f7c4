import Backplane

/// The chapters in which something breaks.
extension Simulation {
    /// One primary after the other comes back empty: every node finds its lease gone and announces what it holds.
    package func emptyRedis() -> Chapter {
        chapter("Redis empty") {
            for shard in states.indices {
                states[shard] = SharedState()
                for node in nodes.indices where nodes[node].isAlive {
                    let part = Part(node: node, shard: shard)
                    perform(at: part) { $0.disconnected(now: $1) }
                    nodes[node].generations[shard] += 1
                    work.append(.up(generation: nodes[node].generations[shard]), for: part)
                }
                drain()
            }
            // The settle time.
            pass(7_000)
            return model.shares
        }
    }

    /// A node dies. Its peers dial the others within eight seconds, evenly: those who come before the lease runs out
    /// resume, and the sweep takes what it then still finds.
    package func killNode(_ dead: Int) -> Death {
        let (held, sharedBy) = model.rooms(of: dead)
        let chapter = chapter("a node dies") {
            nodes[dead].isAlive = false
            parts = parts.filter { $0.value.node != dead }
            var returning = seating.evict(dead, nodes: nodes.count, &random)
            returning.shuffle(using: &random)
            var back = 0
            pass(10_000) { elapsed in
                let due = min(returning.count, returning.count * Int(elapsed) / 8_000)
                while back < due {
                    join(returning[back])
                    back += 1
                }
            }
            return returning.count
        }
        model.reseat(seating)
        return Death(chapter: chapter, rooms: held, sharedBy: sharedBy, isClean: isClean(without: dead))
    }

    /// Whether no shared state lists a room of the dead any more.
    private func isClean(without dead: Int) -> Bool {
        states.indices.allSatisfy { shard in
            let instance = nodes[dead].machines[shard].node
            let reply = states[shard].execute(.roomsOfDead(instance), nowMicros: now * 1_000).reply
            return reply == .rooms([])
        }
    }
}

/// The death of one node.
package struct Death: Sendable {
    package let chapter: Chapter
    /// Rooms that it held.
    package let rooms: Int
    /// How often another node held one of them, too.
    package let sharedBy: Int
    /// Whether nothing of it is left.
    package let isClean: Bool
    /// Peers that came too late to resume.
    package var late: Int { chapter.outcomes.welcomed - chapter.outcomes.resumed }
}
