/// A server that relays every text as it is and reads none: the room is the end of the URL, and being connected is
/// being in it.
///
/// The URL that the user gives is a prefix: `ws://127.0.0.1:8080/room/` or `ws://127.0.0.1:8080/ws?room=`.
struct BroadcastDialect: Dialect {
    let echoes: Bool

    func target(of seat: Seat) -> String { seat.endpoint.target + seat.room }
}
