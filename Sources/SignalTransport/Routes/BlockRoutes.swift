import HTTPTypes
import Hummingbird
import SignalDomain
import SignalNode

/// `/admin/blocks`: addresses that operators keep out of the whole cluster.
struct BlockRoutes: Sendable {
    let settings: TransportSettings

    var all: [Route] {
        let node = settings.node
        return [
            Route(.get, "/admin/blocks") { request, context in
                Response(json: try await node.blocksPage(for: settings.caller(request, context)))
            },
            Route(.post, "/admin/blocks") { request, context in
                let caller = settings.caller(request, context)
                let body = JSONBody(members: try await settings.object(in: request))
                var wanted = BlockRequest(
                    ip: try body.text("ip"), cidr: try body.text("cidr"), asn: try body.number("asn"))
                wanted.reason = try body.text("reason")
                wanted.until = try body.number("untilMs")
                wanted.expiresIn = try body.number("expiresInMs")
                wanted.isForced = try body.flag("force") ?? false
                return Response(json: try await node.block(wanted, by: caller), status: .accepted)
            },
            Route(.delete, "/admin/blocks") { request, context in
                let query = QueryString(request.uri.query)
                // A number that cannot be read is one that nobody has.
                let wanted = BlockRequest(
                    ip: query["ip"], cidr: query["cidr"], asn: query["asn"].map { UInt32($0).map(Double.init) ?? 0 })
                return Response(
                    json: try await node.unblock(wanted, by: settings.caller(request, context)), status: .accepted)
            },
        ]
    }
}
