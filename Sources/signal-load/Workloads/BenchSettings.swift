/// What a run may be told; the defaults are those of the published figures.
struct BenchSettings: Sendable {
    /// The first serves all workloads, W6 uses all.
    var endpoints: [Endpoint]
    var dialect: any Dialect = SignalDialect()
    var seconds = 5.0
    var warmUpSeconds = 1.0
    /// Rest after connecting, so that every node knows every member.
    var settleSeconds = 1.0
    /// A run is drained when this long nothing has come.
    var quietSeconds = 2.0
    var connectTimeoutSeconds = 30.0
    /// Rooms of two in W1, W2, W6, and messages under way in each.
    var rooms = 50
    var window = 1
    /// Rooms of fifty in W3, messages under way in each, or messages per second over all of them.
    var fanOutRooms = 4
    var fanOutWindow = 16
    var fanOutRate: Double?
    /// Messages per second over all rooms of two in W1 and W2, instead of a window.
    var pairRate: Double?
    /// Sockets of W4.
    var connections = 10_000
    /// Clients that come and go at the same time in W5.
    var churners = 32
    /// Messages per second of the open loop of W6.
    var rate = 2_000.0

    /// No workload may take longer; each has up to three phases, in W4 and W5 shorter ones.
    var deadlineSeconds: Double {
        3 * (connectTimeoutSeconds + settleSeconds + warmUpSeconds + seconds + 2 * quietSeconds + 5)
    }
}
