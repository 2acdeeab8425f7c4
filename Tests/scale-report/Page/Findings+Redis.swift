import ScaleSimulation

/// The sections about the capacity of Redis.
extension Findings {
    private static let priced: [(CommandKind, String)] = [
        (.heartbeat, "heartbeat"), (.join, "JOIN"), (.update, "UPDATE, the first frame"), (.leave, "LEAVE"),
        (.index, "SADD"), (.unindex, "SREM"), (.sync, "SYNC"), (.publish, "PUBLISH of one signal"),
        (.fan, "FAN of one signal"), (.send, "SEND"), (.confirm, "CONF"), (.announce, "ANN"), (.sweep, "SWEEP"),
    ]

    var priceTable: String {
        let rows = Self.priced.map { kind, name in
            let (loaded, alone) = (prices[kind], PriceList.oneByOne[kind])
            return [
                name, Figures.short(loaded.micros), Figures.whole(alone.micros), Figures.whole(loaded.bytesIn),
                Figures.whole(loaded.bytesOut),
            ]
        }
        let head = ["one command, with its frames", "CPU µs under load", "CPU µs one by one", "bytes in", "bytes out"]
        return """
            \(Figures.table(head, rows))

            "Under load" was measured in this run. "One by one" is the table of [cluster.md](cluster.md#what-this-costs), where \
            each command pays for a wake-up of its own, with SEND and CONF at the price of a reliable signal and ANN and SWEEP \
            at that of a join: no load costs more than that.
            """
    }

    var fullness: String {
        let rows = placements.map { placement in
            [
                Figures.percent(placement.strays), Figures.short(placement.nodesPerRoom),
                Figures.percent(placement.loaded.share(of: 1_000_000, peersPerNode: Self.peersPerNode)),
            ]
                + Self.budgets.map {
                    Figures.rough(placement.loaded.peers(filling: $0, peersPerNode: Self.peersPerNode))
                }
                + [Figures.rough(placement.oneByOne.peers(filling: 0.6, peersPerNode: Self.peersPerNode))]
        }
        let head = [
            "peers astray", "nodes per room", "CPU for a million", "peers at 60 %", "peers at 100 %",
            "at 60 %, one by one",
        ]
        let stay = prices[.join].micros + prices[.update].micros + prices[.leave].micros
        let letter = prices[.send].micros + prices[.confirm].micros
        let day = story.day
        let bytes = (prices.bytesIn(day.traffic.commands), prices.bytesOut(day.traffic.commands))
        return """
            How many peers a day fills one primary with, at \(Figures.whole(Self.peersPerNode)) per node:

            \(Figures.table(head, rows))

            Sixty per cent is what we recommend to plan with: the rest is for the return of a node's peers and for the latency \
            of everybody else. All astray means a balancer that knows nothing of rooms. At 60 %, if there were nothing else: \
            \(Figures.rough(600_000 / stay)) stays/s (join, first frame, leave), \
            \(Figures.rough(600_000 / prices[.publish].micros)) directed or \(Figures.rough(600_000 / letter)) reliable signals/s \
            between nodes, the heartbeats of \(Figures.rough(300_000 / prices[.heartbeat].micros)) nodes. A day of a million \
            peers moves \(Figures.short(bytes.0 / day.seconds / 125_000)) Mbit/s into Redis and \
            \(Figures.short(bytes.1 / day.seconds / 125_000)) Mbit/s out of it, once more to each replica.
            """
    }

    var shardTable: String {
        guard let usual = placements.first(where: { $0.strays == story.scenario.strays }) else { return "" }
        let one = Sharding(
            shards: 1, joins: story.joins.events, smallestShare: 1, largestShare: 1,
            commandsPerNode: story.idle.commandsPerNode.average)
        let rows = ([one] + shardings).map { sharding in
            let peers = Self.budgets.map {
                usual.loaded.peers(
                    filling: $0, peersPerNode: Self.peersPerNode, largestShare: sharding.largestShare)
            }
            let single = usual.loaded.peers(filling: 0.6, peersPerNode: Self.peersPerNode)
            return [
                "\(sharding.shards)", Figures.percent(sharding.smallestShare), Figures.percent(sharding.largestShare),
                Figures.short(sharding.largestShare * Double(sharding.shards)), Figures.short(sharding.commandsPerNode),
                Figures.rough(peers[0]), Figures.rough(peers[1]), "× \(Figures.short(peers[0] / single))",
            ]
        }
        let head = [
            "shards", "smallest share", "largest share", "largest / even", "heartbeats per node and second",
            "peers at 60 %", "peers at 100 %", "gain",
        ]
        return """
            \(Figures.table(head, rows))

            The shares are those of the commands of \(Figures.whole(shardings.first?.joins ?? 0)) joins, with rooms placed by rendezvous \
            hashing as in production; the fullest primary counts. Shards do not divide heartbeats: every primary gets those of \
            every node. What the whole cluster shares (bans, tickets, address budgets) lives on one shard and is not part of \
            the load here.
            """
    }
}

extension Demand {
    /// What so many peers need of one core.
    func share(of peers: Double, peersPerNode: Double) -> Double { perPeer * peers + perNode * peers / peersPerNode }
}
