import Backplane
import NIOCore
import RedisWire
import SignalDomain

/// One command as Redis takes it: a script with keys and arguments, or a plain command.
struct ScriptRequest {
    let script: Script
    let keys: [String]
    let arguments: [RedisArgument]

    init(_ script: Script, keys: [String], arguments: [RedisArgument]) {
        self.script = script
        self.keys = keys
        self.arguments = arguments
    }

    func command(digest: String) -> RedisCommand {
        RedisCommand(
            "EVALSHA", [.string(digest), .integer(Int64(keys.count))] + keys.map { .string($0) } + arguments)
    }
}

enum WireRequest {
    case script(ScriptRequest)
    case plain(RedisCommand)

    func command(_ shelf: ScriptShelf) -> RedisCommand? {
        switch self {
        case .plain(let command): command
        case .script(let request): shelf.digests[request.script].map(request.command)
        }
    }
}

extension RedisBackplaneSettings {
    /// What to send for a command of the backplane. SYNC is sent page by page elsewhere.
    func request(for command: BackplaneCommand) -> WireRequest {
        switch command {
        case .register(let node, let info):
            .script(
                .init(
                    .register,
                    keys: [
                        RedisKeys.epoch, RedisKeys.lastBeat, RedisKeys.live, RedisKeys.info, RedisKeys.shards,
                    ],
                    arguments: [
                        .string(node.text), .string(info.text), .integer(leaseMs), .integer(heartbeatMs),
                        .integer(amnestyGapMs), .string(info.shards),
                    ]))
        case .compareShards(let shards):
            .script(
                .init(
                    .compareShards, keys: [RedisKeys.shards, RedisKeys.lastBeat, RedisKeys.live],
                    arguments: [.string(shards), .integer(heartbeatMs), .integer(amnestyGapMs)]))
        case .heartbeat(let node, let sequence, let report):
            .script(
                .init(
                    .heartbeat,
                    keys: [
                        RedisKeys.epoch, RedisKeys.lastBeat, RedisKeys.live, RedisKeys.dead, RedisKeys.grave,
                    ] + RedisKeys.reporting,
                    arguments: [
                        .string(node.text), .integer(Int64(clamping: sequence)), .integer(leaseMs),
                        .integer(heartbeatMs), .integer(amnestyGapMs), .bytes(report.packed),
                        .integer(Int64(NodeReport.maxLoads)),
                    ]))
        case .retire(let node, let leaseMs):
            .script(
                .init(
                    .retire, keys: [RedisKeys.live] + RedisKeys.reporting,
                    arguments: [.string(node.text), .integer(Int64(leaseMs))]))
        case .nodes:
            .script(
                .init(
                    .nodes, keys: [RedisKeys.live, RedisKeys.info, RedisKeys.reports, RedisKeys.shards],
                    arguments: []))
        case .index(let node, let room):
            .plain(RedisCommand("SADD", [.string(RedisKeys.index(of: node)), .string(room.text)]))
        case .unindex(let node, let room):
            .plain(RedisCommand("SREM", [.string(RedisKeys.index(of: node)), .string(room.text)]))
        case .join(let join): .script(request(for: join))
        case .leave(let leave):
            .script(
                .init(
                    .leave, keys: RedisKeys.room(leave.room),
                    arguments: [
                        .string(leave.node.text), .string(leave.room.text), .string(leave.peer.text),
                        .string(leave.connection.text), .string(leave.reason.rawValue), .integer(inbox.ttlMs),
                    ]))
        case .update(let update): .script(request(for: update))
        case .send(let send): .script(request(for: send))
        case .confirm(let confirm): .script(request(for: confirm))
        case .announce(let announce): .script(request(for: announce))
        case .sync(let room):
            .script(.init(.sync, keys: RedisKeys.membership(room), arguments: ["0"]))
        case .sweep(let room, let dead, let cursor):
            .script(
                .init(
                    .sweep, keys: [RedisKeys.live] + RedisKeys.room(room),
                    arguments: [
                        .string(dead.text), .string(room.text), .string(String(cursor)), .integer(inbox.ttlMs),
                    ]))
        case .claimSweep(let dead, let by):
            .script(
                .init(.claim, keys: [RedisKeys.claim(dead)], arguments: [.string(by.text), .integer(leaseMs)]))
        case .roomsOfDead(let dead):
            .plain(
                RedisCommand(
                    "SRANDMEMBER",
                    [.string(RedisKeys.index(of: dead)), .integer(Int64(AnnounceCommand.pageSize))]))
        case .finishSweep(let dead):
            .script(
                .init(
                    .finishSweep,
                    keys: [
                        RedisKeys.live, RedisKeys.dead, RedisKeys.info, RedisKeys.index(of: dead),
                        RedisKeys.claim(dead),
                    ],
                    arguments: [.string(dead.text)]))
        case .touch(let rooms):
            .script(.init(.touch, keys: rooms.flatMap(RedisKeys.membership), arguments: [.integer(roomKeyTTLMs)]))
        case .count(let room):
            .plain(RedisCommand("HLEN", [.string(RedisKeys.members(room))]))
        case .rendezvousRegister(let room, let registration): .script(request(for: registration, in: room))
        case .rendezvousUnregister(let room, let peer, let owner):
            .script(
                .init(
                    .rendezvousUnregister, keys: RedisKeys.rendezvous(room),
                    arguments: [.string(peer.text), .string(EscapedName.encode(owner))]))
        case .rendezvousDiscover(let room, let limit, let position):
            .script(
                .init(
                    .rendezvousDiscover,
                    keys: RedisKeys.rendezvous(room) + [RedisKeys.generations(room), RedisKeys.members(room)],
                    arguments: [
                        .integer(Int64(limit)), .string(position.map { String($0.high) } ?? "-"),
                        .string(String(position?.low ?? 0)),
                    ]))
        case .sanction(let entries, let isNew): .script(request(for: entries, isNew: isNew))
        case .sanctions:
            .script(.init(.sanctions, keys: RedisKeys.sanctionTable, arguments: []))
        case .kick(let room, let peer):
            .script(
                .init(
                    .kick, keys: [RedisKeys.live, RedisKeys.members(room)],
                    arguments: [.string(room.text), .string(peer.text)]))
        case .storeTicket(let digest, let holder, let ttlMs):
            .plain(
                RedisCommand(
                    "SET", [.string(RedisKeys.ticket(digest)), .string(holder.text), "PX", .integer(ttlMs)]))
        case .takeTicket(let digest):
            .script(.init(.takeTicket, keys: [RedisKeys.ticket(digest)], arguments: []))
        case .createInvite(let invite): .script(request(for: invite))
        case .invites(let room):
            .script(.init(.invites, keys: [RedisKeys.invites(room)], arguments: []))
        case .invite(let id): .plain(RedisCommand("HGETALL", [.string(RedisKeys.invite(id))]))
        case .revokeInvite(let id):
            .script(.init(.revokeInvite, keys: [RedisKeys.invite(id)], arguments: []))
        case .redeemInvite(let id, let redeemer):
            .script(
                .init(
                    .redeemInvite, keys: [RedisKeys.invite(id), RedisKeys.redeemers(id)],
                    arguments: [.string(redeemer)]))
        case .roomsOfNode(let node, let cursor):
            .plain(
                RedisCommand(
                    "SSCAN",
                    [
                        .string(RedisKeys.index(of: node)), .string(String(cursor)), "COUNT",
                        .integer(Int64(AnnounceCommand.pageSize)),
                    ]))
        case .describe(let node, let info):
            .plain(
                RedisCommand("HSET", [.string(RedisKeys.info), .string(node.text), .string(info.text)]))
        case .occupancy(let room): .plain(RedisCommand("HGETALL", [.string(RedisKeys.interest(room))]))
        case .rendezvousReserve(let reservation, let limit):
            .script(
                .init(
                    .rendezvousReserve, keys: [RedisKeys.reservations(of: reservation.holder)],
                    arguments: [
                        .string(reservation.item), .integer(reservation.ttlMs), .integer(Int64(limit)),
                    ]))
        case .rendezvousRelease(let reservation):
            .plain(
                RedisCommand(
                    "ZREM", [.string(RedisKeys.reservations(of: reservation.holder)), .string(reservation.item)]))
        case .rendezvousChanges(let room, let after, let limit):
            .script(
                .init(
                    .rendezvousChanges, keys: RedisKeys.watch(room),
                    arguments: [
                        .string(String(after)), .integer(Int64(limit)), .integer(SharedState.watchKeptMs),
                    ]))
        }
    }

    private func request(for entries: [SanctionEntry], isNew: Bool) -> ScriptRequest {
        ScriptRequest(
            .sanction, keys: [RedisKeys.sanctions, RedisKeys.sanctionEnds, RedisKeys.live, RedisKeys.sanctionCounts],
            arguments: [
                isNew ? "1" : "0", .integer(Int64(moderation.sanctions)), .integer(Int64(moderation.sanctionsOfRooms)),
                .integer(Int64(moderation.sanctionsPerRoom)), .integer(Int64(moderation.sanctionsPerNamespace)),
                .integer(moderation.liftedMs),
            ] + entries.flatMap { [.string($0.id), .string($0.value)] })
    }

    private func request(for invite: Invite) -> ScriptRequest {
        ScriptRequest(
            .createInvite, keys: [RedisKeys.invite(invite.id), RedisKeys.invites(invite.room)],
            arguments: [
                .string(invite.id.text), .string(invite.room.text), .integer(Int64(invite.grants.rawValue)),
                .integer(Int64(invite.maxUses)), .integer(invite.expiresAt), .integer(Int64(moderation.invitesPerRoom)),
                .integer(Invite.maxLifeMs),
            ])
    }

    private func request(for join: JoinCommand) -> ScriptRequest {
        ScriptRequest(
            .join, keys: [RedisKeys.live] + RedisKeys.room(join.room),
            arguments: [
                .string(join.record.node.text), .string(join.room.text), .string(join.peer.text),
                .string(join.record.text), .integer(Int64(join.capacity)), .integer(Int64(join.takeover.rawValue)),
                .integer(roomKeyTTLMs), join.mustResume ? "2" : join.hasProof ? "1" : "0", .integer(inbox.ttlMs),
            ])
    }

    private func request(for update: UpdateCommand) -> ScriptRequest {
        ScriptRequest(
            .update, keys: RedisKeys.room(update.room),
            arguments: [
                .string(update.node.text), .string(update.room.text), .string(update.peer.text),
                .string(update.connection.text), .integer(Int64(update.flags.rawValue)), .string(update.metadata),
                .integer(Int64(MemberRecord.Flags.visible.rawValue)),
            ])
    }

    private func request(for send: SendCommand) -> ScriptRequest {
        var letter = ByteBufferAllocator().buffer(capacity: send.letter.payload.readableBytes + 256)
        letter.writeLetter(send.letter)
        return ScriptRequest(
            .send, keys: [RedisKeys.live] + RedisKeys.room(send.room),
            arguments: [
                .string(send.letter.node.text), .string(send.room.text), .string(send.to.text),
                .string(send.session?.text ?? ""), .bytes(letter), send.isStored ? "1" : "0",
                .integer(Int64(inbox.entries)), .integer(Int64(inbox.bytes)), .integer(inbox.ttlMs),
            ])
    }

    private func request(for confirm: ConfirmCommand) -> ScriptRequest {
        let receipts = confirm.receipts.flatMap { receipt -> [RedisArgument] in
            var body = ByteBufferAllocator().buffer(capacity: 1 + 8 * receipt.numbers.count)
            body.writeReceipts(receipt.numbers, confirm.level)
            return [.string(receipt.node.text), .bytes(body)]
        }
        return ScriptRequest(
            .confirm, keys: [RedisKeys.letters(confirm.room)],
            arguments: [
                .string(confirm.session.text), .integer(inbox.emptyTTLMs), .integer(Int64(confirm.ids.count)),
            ] + confirm.ids.map { .string($0.text) } + receipts)
    }

    private func request(for announce: AnnounceCommand) -> ScriptRequest {
        ScriptRequest(
            .announce,
            keys: [RedisKeys.live] + RedisKeys.room(announce.room)
                + [RedisKeys.announced(announce.room, by: announce.node)],
            arguments: [
                .string(announce.node.text), .string(announce.room.text), announce.isLast ? "1" : "0",
                .integer(roomKeyTTLMs), .integer(inbox.ttlMs), .integer(Int64(announce.previous.count)),
                .integer(Int64(announce.lostJoins.count)),
            ] + announce.previous.map { .string($0.text) }
                + announce.lostJoins.flatMap { [.string($0.peer.text), .string($0.connection.text)] }
                + announce.entries.flatMap { [.string($0.peer.text), .string($0.record.text)] })
    }

    private func request(for registration: RendezvousRegistration, in room: RoomKey) -> ScriptRequest {
        ScriptRequest(
            .rendezvousRegister, keys: RedisKeys.rendezvous(room) + [RedisKeys.members(room)],
            arguments: [
                .string(registration.peer.text), .string(EscapedName.encode(registration.owner)),
                .string(registration.addresses.map(EscapedName.encode).joined(separator: ",")),
                .string(registration.metadata), .integer(registration.ttlMs),
                .integer(Int64(rendezvous.maxRecordsPerRoom)),
            ])
    }
}

extension NodeInfo {
    /// `name|version|startedAt|state` as the node table keeps it.
    var text: String {
        [EscapedName.encode(name), EscapedName.encode(version), "\(startedAt)", isDraining ? "draining" : "up"]
            .joined(separator: "|")
    }

    /// Reads `text`; what is none has no name.
    init(text: String, shards: String) {
        let parts = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        self.init(
            name: parts[safe: 0].flatMap { EscapedName.decode($0) } ?? "",
            version: parts[safe: 1].flatMap { EscapedName.decode($0) } ?? "", shards: shards,
            startedAt: parts[safe: 2].flatMap { Int64($0) } ?? 0, isDraining: parts[safe: 3] == "draining")
    }
}
