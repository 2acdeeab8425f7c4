import HTTPTypes
import Hummingbird
import SignalDomain
import SignalNode

/// Tickets and invites, as protocol.md §7 has them.
struct InviteRoutes: Sendable {
    let settings: TransportSettings

    var all: [Route] {
        let node = settings.node
        return [
            Route(.post, "/tickets") { request, context in
                let caller = try await node.identify(
                    settings.caller(request, context), needing: .join, for: .ticketIssued)
                let body = JSONBody(members: try await settings.object(in: request))
                let json = try await node.issueTicket(
                    namespace: body.text("namespace"), room: body.text("room"), peerID: body.text("peerId"), to: caller)
                return Response(json: json, status: .created)
            },
            Route(.post, "/invites") { request, context in
                let caller = try await node.identify(
                    settings.caller(request, context), needing: .moderate, for: .inviteIssued)
                let body = JSONBody(members: try await settings.object(in: request))
                let wanted = InviteRequest(
                    namespace: try body.text("namespace"), room: try body.text("room"),
                    grants: try body.texts("grants"), maxUses: try body.number("maxUses"),
                    expiresIn: try body.number("expiresInMs"))
                return Response(json: try await node.createInvite(wanted, by: caller), status: .created)
            },
            Route(.get, "/invites") { request, context in
                let caller = try await node.identify(
                    settings.caller(request, context), needing: .moderate, for: .adminRequest)
                let query = QueryString(request.uri.query)
                return Response(
                    json: try await node.invites(namespace: query["namespace"], room: query["room"], by: caller))
            },
            Route(.delete, "/invites/:id") { request, context in
                let caller = try await node.identify(
                    settings.caller(request, context), needing: .moderate, for: .inviteRevoked)
                try await node.revokeInvite(PathParameter.text("id", context), by: caller)
                return Response(status: .noContent)
            },
            Route(.post, "/invites/redeem") { request, context in
                let body = JSONBody(members: try await settings.object(in: request))
                guard let code = try body.text("code") else { throw Refusal.badRequest("code is missing.") }
                let wanted = InviteRedemption(
                    code: code, peerID: try body.text("peerId"), session: try body.text("sid"))
                return Response(json: try await node.redeem(wanted, from: settings.caller(request, context).client))
            },
        ]
    }
}
