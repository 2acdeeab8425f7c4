import HTTPTypes
import Hummingbird
import NIOCore
import SignalDomain
import SignalNode

/// What operators and moderators may see and do over HTTP, as protocol.md §7 has it.
struct AdminRoutes: Sendable {
    let settings: TransportSettings

    var all: [Route] { views + verbs + BlockRoutes(settings: settings).all }

    private var views: [Route] {
        let node = settings.node
        return [
            Route(.get, "/admin/nodes") { request, context in
                Response(json: try await node.nodesPage(for: caller(request, context)))
            },
            Route(.get, "/admin/rooms") { request, context in
                let query = QueryString(request.uri.query)
                return Response(
                    json: try await node.roomsPage(
                        prefix: query["prefix"] ?? "", limit: RendezvousRoutes.wholeNumber(query["limit"]),
                        cursor: query["cursor"], for: caller(request, context)))
            },
            Route(.get, "/admin/rooms/:namespace/:room") { request, context in
                Response(json: try await node.roomPage(room(context), for: caller(request, context)))
            },
            Route(.get, "/admin/rooms/:namespace/:room/pairs") { request, context in
                let query = QueryString(request.uri.query)
                return Response(
                    json: try await node.pairPage(
                        room(context), query["a"], query["b"], for: caller(request, context)))
            },
            Route(.get, "/admin/events") { request, context in
                let stream = try await node.listen(for: caller(request, context))
                return Response(
                    status: .ok,
                    headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store"],
                    body: ResponseBody { writer in
                        // The first bytes tell the reader that it is connected.
                        try await writer.write(ByteBuffer(string: ": listening\n\n"))
                        for await event in stream { try await writer.write(ByteBuffer(bytes: event)) }
                        try await writer.finish(nil)
                    })
            },
        ]
    }

    private var verbs: [Route] {
        let node = settings.node
        return [
            Route(.post, "/admin/rooms/:namespace/:room/:verb") { request, context in
                guard let verb = ModerationRequest.Verb(rawValue: try PathParameter.text("verb", context)) else {
                    throw Refusal.notFound
                }
                let caller = caller(request, context)
                let body = JSONBody(members: try await settings.object(in: request))
                let wanted = ModerationRequest(
                    verb, in: try room(context), peerID: try body.text("peerId"), subject: try body.text("subject"),
                    address: try body.text("address"), reason: try body.text("reason"),
                    until: try body.number("untilMs"))
                return Response(json: try await node.moderate(wanted, by: caller), status: .accepted)
            },
            Route(.delete, "/admin/rooms/:namespace/:room/peers/:peer") { request, context in
                let wanted = ModerationRequest(
                    .kick, in: try room(context), peerID: try PathParameter.text("peer", context))
                return Response(
                    json: try await node.moderate(wanted, by: caller(request, context)), status: .accepted)
            },
            Route(.post, "/admin/revocations") { request, context in
                let caller = caller(request, context)
                let body = JSONBody(members: try await settings.object(in: request))
                return Response(
                    json: try await node.revoke(
                        tokenID: body.text("jti"), subject: body.text("subject"), reason: body.text("reason"),
                        until: body.number("untilMs"), by: caller), status: .accepted)
            },
            Route(.post, "/admin/nodes/:name/drain") { request, context in
                let name = try PathParameter.text("name", context)
                return Response(
                    json: try await node.setDraining(true, of: name, by: caller(request, context)), status: .accepted)
            },
            Route(.post, "/admin/nodes/:name/undrain") { request, context in
                let name = try PathParameter.text("name", context)
                return Response(
                    json: try await node.setDraining(false, of: name, by: caller(request, context)), status: .accepted)
            },
            Route(.post, "/admin/drain") { request, context in
                try await node.setDraining(true, by: caller(request, context))
                return Response(json: Array(#"{"state":"draining"}"#.utf8), status: .accepted)
            },
            Route(.post, "/admin/undrain") { request, context in
                try await node.setDraining(false, by: caller(request, context))
                return Response(json: Array(#"{"state":"up"}"#.utf8), status: .accepted)
            },
        ]
    }

    /// Operators' tokens count in the header alone: what stands in an address ends up in histories and logs.
    private func caller(_ request: Request, _ context: RouteContext) -> Caller {
        var caller = settings.caller(request, context)
        caller.queryToken = nil
        return caller
    }

    private func room(_ context: RouteContext) throws(Refusal) -> RoomKey {
        let namespace = try PathParameter.text("namespace", context)
        let room = try PathParameter.text("room", context)
        do throws(NameError) {
            return try RoomKey(namespace: namespace, room: room)
        } catch {
            throw .badName(error)
        }
    }
}
