import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import SignalNode

/// `GET /rendezvous/watch`: Server-Sent Events (HTML, "Server-sent events") of who can be found in a room.
struct WatchRoute: Sendable {
    let settings: TransportSettings

    var all: [Route] {
        [
            Route(.get, "/rendezvous/watch") { request, context in
                let query = QueryString(request.uri.query)
                let watch = try await settings.node.watch(
                    namespace: query["namespace"], room: query["room"],
                    cookie: request.headers[.lastEventID] ?? query["cookie"],
                    by: Caller(request, context, origin: settings.origin))
                if request.method == .head {
                    // Its answer has no body, so nobody would give the place back before the connection ends.
                    watch.end()
                } else {
                    // A client that goes is noticed at once, not at the next event.
                    context.closeFuture.whenComplete { _ in watch.end() }
                }
                return Response(
                    status: .ok,
                    headers: [
                        .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store",
                        .accelBuffering: "no",
                    ],
                    body: ResponseBody { writer in
                        try await watch.events { event in try await writer.write(Self.text(of: event)) }
                        try await writer.finish(nil)
                    })
            }
        ]
    }

    private static func text(of event: RendezvousWatch.Event) -> ByteBuffer {
        switch event {
        case .beat: return ByteBuffer(string: ":\n\n")
        case .change(let name, let id, let data):
            var text = ByteBuffer(string: "event: \(name)\nid: \(id)\ndata: ")
            text.writeBytes(data)
            text.writeString("\n\n")
            return text
        }
    }
}

extension HTTPField.Name {
    fileprivate static let lastEventID = HTTPField.Name("Last-Event-ID")!  // A constant in the charset of header names.
    /// Tells nginx to pass events on as they come.
    fileprivate static let accelBuffering = HTTPField.Name("X-Accel-Buffering")!  // Likewise.
}
