/// y-webrtc's signaling (docs/compatibility.md): one room is one topic, and a publication comes back to its sender.
///
/// A subscription is not answered, so the client publishes once, as y-webrtc does to announce itself, and is in when it
/// hears that.
struct TopicsDialect: Dialect {
    let echoes = true

    func target(of seat: Seat) -> String { seat.endpoint.target }

    func greeting(of seat: Seat) -> [String] {
        [
            #"{"type":"subscribe","topics":["\#(seat.room)"]}"#,
            #"{"type":"publish","topic":"\#(seat.room)","announce":"\#(seat.peerId)"}"#,
        ]
    }

    func welcome(of seat: Seat) -> [UInt8]? { Array(#""announce":"\#(seat.peerId)""#.utf8) }

    func members(of seat: Seat) -> String { #""type":"publish","topic":"\#(seat.room)","# }
}
