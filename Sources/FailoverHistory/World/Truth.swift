/// What really was, as far as the harness can know it: everything that claims are judged against.
struct Truth: Sendable {
    let world: World
    let lives: Lives
    let memberships: [Client: Membership]
    let timing: Timing
    let allowance: Allowance

    /// - Parameter events: in order of time.
    init(_ events: [Event], timing: Timing, allowance: Allowance) {
        world = World(events)
        lives = Lives(events)
        let world = world
        memberships = lives.byClient.mapValues {
            Membership(of: $0, world: world, timing: timing, allowance: allowance)
        }
        self.timing = timing
        self.allowance = allowance
    }

    /// When `observer`'s node cannot learn what happens on other nodes.
    func blindness(of observer: Client) -> Intervals {
        var spans = world.redisAway.spans
        for connection in lives[observer]?.incarnations.flatMap(\.connections) ?? [] {
            for isolation in world.isolations[connection.node] ?? [] {
                spans.append(isolation.clamped(to: connection.from..<max(connection.from, connection.until)))
            }
        }
        return Intervals(spans)
    }

    /// Whether `client` must be in every list of its room at `moment`.
    func mustBeListed(_ client: Client, at moment: Int64) -> Bool {
        let recently = (moment - allowance.convergence)...moment
        guard let life = lives[client], life.isConnected(throughout: recently) else { return false }
        return !(memberships[client]?.undecided.overlaps(recently.lowerBound..<moment) ?? false)
    }
}
