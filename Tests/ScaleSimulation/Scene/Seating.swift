package import SignalDomain

/// Who is in which room, and on which node: the truth of the world outside the cluster.
package struct Seating: Sendable {
    /// Rooms come in blocks of ten with these sizes: five peers on average, two at least.
    package static let roomSizes = [2, 2, 3, 3, 4, 4, 5, 6, 8, 13]
    package static let blockPeers = roomSizes.reduce(0, +)
    private static let roomStarts = roomSizes.indices.map { roomSizes[..<$0].reduce(0, +) }
    private static let roomOfPeer = roomSizes.enumerated().flatMap { Array(repeating: $0, count: $1) }

    /// One peer as it is now.
    package struct Seat: Sendable {
        package var node: Int
        /// The number of its connections so far.
        package var dials = 0
        /// The number of its sessions that have ended.
        package var sessions = 0
        package var isIn = false
        /// Whether its session goes on, although its socket is lost.
        package var isReturning = false
        /// Whether its socket is elsewhere than the edge would put it.
        package var isStray: Bool
    }

    package var seats: [Seat] = []
    /// The node that the edge picks for each room.
    package private(set) var homes: [Int] = []
    private let shards: [UInt8]

    package init(_ scenario: Scenario, _ random: inout SeededRandom) {
        let names = (1...scenario.shards).map { "redis-\($0)" }
        let map = ShardMap(names: names) ?? .single
        homes = (0..<scenario.rooms).map { _ in Int.random(in: 0..<scenario.nodes, using: &random) }
        shards = (0..<scenario.rooms).map { UInt8(map.shard(of: Self.key(of: $0))) }
        seats.reserveCapacity(scenario.peers)
        for peer in 0..<scenario.peers {
            let isStray = scenario.nodes > 1 && Double.random(in: 0..<1, using: &random) < scenario.strays
            let home = homes[Self.room(of: peer)]
            let away = Int.random(in: 1..<max(scenario.nodes, 2), using: &random)
            seats.append(Seat(node: isStray ? (home + away) % scenario.nodes : home, isStray: isStray))
        }
    }

    /// The edge no longer knows a node: its rooms get other homes, its peers dial those.
    mutating func evict(_ dead: Int, nodes: Int, _ random: inout SeededRandom) -> [Int] {
        let away = { (random: inout SeededRandom) in (dead + Int.random(in: 1..<nodes, using: &random)) % nodes }
        for room in homes.indices where homes[room] == dead { homes[room] = away(&random) }
        let evicted = seats.indices.filter { seats[$0].node == dead && seats[$0].isIn }
        for peer in evicted {
            seats[peer].node = seats[peer].isStray ? away(&random) : homes[Self.room(of: peer)]
            seats[peer].isIn = false
            seats[peer].isReturning = true
        }
        return evicted
    }

    package static func room(of peer: Int) -> Int {
        peer / blockPeers * roomSizes.count + roomOfPeer[peer % blockPeers]
    }

    package static func peers(of room: Int) -> Range<Int> {
        let (block, place) = room.quotientAndRemainder(dividingBy: roomSizes.count)
        let start = block * blockPeers + roomStarts[place]
        return start..<start + roomSizes[place]
    }

    package func shard(of room: Int) -> Int { Int(shards[room]) }

    // Names are made anew for each use, as a node reads them anew from each handshake.

    package static func key(of room: Int) -> RoomKey {
        try! RoomKey(namespace: "scale", room: "room-\(hexadecimal(SeededRandom.mix(UInt64(room))))")  // a valid name
    }

    package static func name(of peer: Int) -> PeerID {
        try! PeerID("peer-\(hexadecimal(SeededRandom.mix(UInt64(peer))))")  // a valid name
    }

    static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
