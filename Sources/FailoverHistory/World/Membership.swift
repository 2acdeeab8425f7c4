/// When a client truly was a member of its room.
struct Membership: Sendable {
    let room: Int?
    let present: Intervals
    /// Isolations in which the others may list it or not.
    let undecided: Intervals
    /// In order of the moment they may be seen.
    let departures: [Departure]

    init(of life: Life, world: World, timing: Timing, allowance: Allowance) {
        room = life.room
        var present: [Range<Int64>] = []
        var undecided: [Range<Int64>] = []
        var departures: [Departure] = []
        for incarnation in life.incarnations {
            for connection in incarnation.connections {
                for isolation in world.isolations[connection.node] ?? []
                where isolation.length >= timing.earliestSweep
                    && connection.from <= isolation.lowerBound + timing.earliestSweep
                    && connection.until >= isolation.upperBound
                {
                    undecided.append(isolation)
                    departures.append(
                        Departure(isolation: isolation, of: connection.node, timing: timing, allowance: allowance))
                }
            }
            let departure = Departure(ending: incarnation, world: world, timing: timing, allowance: allowance)
            if let departure { departures.append(departure) }
            present.append(incarnation.beganAt..<max(incarnation.beganAt, departure?.goneAt ?? .max))
        }
        self.present = Intervals(present)
        self.undecided = Intervals(undecided)
        self.departures = departures.sorted { $0.sightable.lowerBound < $1.sightable.lowerBound }
    }

    /// Whether a view that lists the client at `moment` shows a ghost.
    func isGhost(at moment: Int64, allowance: Allowance) -> Bool {
        guard !present.contains(moment) else { return false }
        guard let last = departures.last(where: { $0.cause != .isolated && $0.goneAt <= moment }) else { return false }
        return moment - last.goneAt >= (last.cause == .left ? allowance.convergence : allowance.sweep)
    }
}
