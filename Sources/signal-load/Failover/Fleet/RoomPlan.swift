/// The rooms of a run: how many, and over how many nodes each is spread.
struct RoomPlan: Sendable {
    /// Members of each room.
    static let roomSize = 5

    /// For each room the number of nodes that its members dial; 1 means that all dial the edge.
    let spreads: [Int]

    /// Five of six rooms on one node, the others on two or three: of 600 rooms 500, 80 and 20.
    init(clients: Int) {
        let rooms = max(1, clients / Self.roomSize)
        let onThree = max(rooms > 2 ? 1 : 0, rooms / 30)
        let onTwo = max(rooms > 1 ? 1 : 0, rooms * 2 / 15)
        spreads = (0..<rooms).map { $0 < onThree ? 3 : $0 < onThree + onTwo ? 2 : 1 }
    }

    /// Where the member `place` of `room` dials, by index of a node, nil for the edge; its first choice first.
    ///
    /// The later choices of neighbours go around the ring in both directions, so that a lost node does not bring a whole
    /// room together; the last one is the edge.
    func choices(room: Int, place: Int, nodes: Int) -> [Int?] {
        let spread = min(spreads[room], nodes)
        guard spread > 1 else { return [nil] }
        let home = (room + place % spread) % nodes
        let direction = place.isMultiple(of: 2) ? 1 : nodes - 1
        return (0..<nodes).map { (home + $0 * direction) % nodes } + [nil]
    }
}
