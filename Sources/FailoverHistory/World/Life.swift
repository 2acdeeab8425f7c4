/// One client from its first welcome to its end.
struct Life: Sendable {
    /// A welcomed socket.
    struct Connection: Sendable {
        let number: Int
        let room: Int
        let node: String
        let from: Int64
        /// `Int64.max` while open.
        var until = Int64.max
        /// Closed by the client itself, which comes back when it likes.
        var isGivenUp = false
    }

    /// A return to the session.
    struct Resume: Sendable {
        let lostAt: Int64
        /// The first dial.
        let beganAt: Int64
        let welcomedAt: Int64
        /// The client itself had closed the socket.
        let wasGivenUp: Bool
    }

    /// A session as the others see it: from a welcome with `resumed:false` over every resume to its end.
    struct Incarnation: Sendable {
        var connections: [Connection]
        var ending = Ending.none
        /// Welcomed sockets that followed a loss.
        var resumes: [Resume] = []

        var beganAt: Int64 { connections[0].from }
        /// The end of the last socket; `Int64.max` while one is open.
        var lostAt: Int64 { connections.reduce(0) { max($0, $1.until) } }
        var lastNode: String { connections[connections.count - 1].node }
    }

    enum Ending: Sendable, Equatable {
        /// Connected or detached at the end of the history.
        case none
        case leftOnPurpose(at: Int64)
        case vanished(at: Int64, planned: Bool)
        /// The next welcome said `resumed:false`.
        case notResumed(helloAt: Int64, welcomedAt: Int64, asked: Bool)
    }

    var incarnations: [Incarnation] = []

    var room: Int? { incarnations.last?.connections.last?.room }

    /// The incarnation that began last before `moment`.
    func incarnation(at moment: Int64) -> Incarnation? { incarnations.last { $0.beganAt <= moment } }

    /// The newest socket open at `moment`.
    func connection(at moment: Int64) -> Connection? {
        incarnation(at: moment)?.connections.last { $0.from <= moment && moment < $0.until }
    }

    /// Whether one incarnation held a socket at both ends of the span and lost none in between.
    func isConnected(throughout span: ClosedRange<Int64>) -> Bool {
        guard let connection = connection(at: span.lowerBound) else { return false }
        return connection.until > span.upperBound
    }
}
