/// Dialect 1 of `/signal` (docs/protocol.md): the query joins, a `welcome` answers, objects go to the others of the room.
struct SignalDialect: Dialect {
    let echoes = false

    func target(of seat: Seat) -> String {
        seat.endpoint.target(
            withQuery: "namespace=\(Seat.namespace)&room=\(seat.room)&peerId=\(seat.peerId)")
    }

    func welcome(of seat: Seat) -> [UInt8]? { SignalDialect.welcome }

    private static let welcome = Array(#""welcome""#.utf8)
}
