/// A Lua script: one atomic step on the shared state. `SharedState` in the Backplane target is its twin in Swift, and a
/// differential test holds the two together.
///
/// Scripts get every name through KEYS and ARGV. Those that must work when Redis is out of memory say so in their first
/// line (`allow-oom`): a heartbeat or a removal may never fail for want of space.
enum Script: String, CaseIterable {
    case register, compareShards, heartbeat, retire, join, leave, update, send, confirm, announce, sync, sweep, claim,
        finishSweep
    case touch, fan
    case rendezvousRegister, rendezvousUnregister, rendezvousDiscover
    case sanction, sanctions, kick, takeTicket, createInvite, invites, revokeInvite, redeemInvite
    case nodes
    case rendezvousReserve, rendezvousChanges

    var source: String {
        switch self {
        case .register: "#!lua\n" + Self.clockLua + Self.shardsLua + Self.registerLua
        case .compareShards: "#!lua\n" + Self.clockLua + Self.shardsLua + Self.compareShardsLua
        case .heartbeat: "#!lua flags=allow-oom\n" + Self.clockLua + Self.frameLua + Self.reportLua + Self.heartbeatLua
        case .retire: "#!lua flags=allow-oom\n" + Self.clockLua + Self.reportLua + Self.retireLua
        case .join: "#!lua\n" + Self.changeLua + Self.joinLua
        case .leave: "#!lua flags=allow-oom\n" + Self.changeLua + Self.leaveLua
        case .update: "#!lua flags=allow-oom\n" + Self.changeLua + Self.updateLua
        case .send: "#!lua\n" + Self.changeLua + Self.sendLua
        case .confirm: "#!lua flags=allow-oom\n" + Self.frameLua + Self.recordLua + Self.inboxLua + Self.confirmLua
        case .announce: "#!lua flags=allow-oom\n" + Self.changeLua + Self.announceLua
        case .sync: "#!lua\n" + Self.syncLua
        case .sweep: "#!lua flags=allow-oom\n" + Self.changeLua + Self.sweepLua
        case .claim: "#!lua flags=allow-oom\n" + Self.claimLua
        case .finishSweep: "#!lua flags=allow-oom\n" + Self.finishSweepLua
        case .touch: "#!lua flags=allow-oom\n" + Self.touchLua
        case .fan: "#!lua flags=allow-oom\n" + Self.fanLua
        case .rendezvousReserve: "#!lua\n" + Self.rendezvousReserveLua
        case .rendezvousChanges: "#!lua\n" + Self.rendezvousLua + Self.rendezvousChangesLua
        case .rendezvousRegister: "#!lua\n" + Self.rendezvousLua + Self.rendezvousRegisterLua
        case .rendezvousUnregister: "#!lua flags=allow-oom\n" + Self.rendezvousLua + Self.rendezvousUnregisterLua
        case .rendezvousDiscover: "#!lua flags=allow-oom\n" + Self.rendezvousLua + Self.rendezvousDiscoverLua
        case .sanction: "#!lua flags=allow-oom\n" + Self.clockLua + Self.frameLua + Self.tableLua + Self.sanctionLua
        case .sanctions: "#!lua flags=allow-oom\n" + Self.clockLua + Self.tableLua + Self.sanctionsLua
        case .kick: "#!lua flags=allow-oom\n" + Self.frameLua + Self.kickLua
        case .takeTicket: "#!lua flags=allow-oom\n" + Self.takeTicketLua
        case .createInvite: "#!lua\n" + Self.inviteLua + Self.createInviteLua
        case .invites: "#!lua\n" + Self.inviteLua + Self.invitesLua
        case .revokeInvite: "#!lua flags=allow-oom\n" + Self.inviteLua + Self.revokeInviteLua
        case .redeemInvite: "#!lua\n" + Self.clockLua + Self.inviteLua + Self.redeemInviteLua
        case .nodes: "#!lua flags=allow-oom\n" + Self.clockLua + Self.nodesLua
        }
    }
}

extension Script {
    /// What every script needs that changes a room.
    static let changeLua = frameLua + recordLua + inboxLua + roomLua

    /// Encodes inbox frames exactly as `InboxBatch` does.
    static let frameLua = """
        local function text(s) return struct.pack('>I2', #s) .. s end
        local function frame(kind, body) return '\\1' .. struct.pack('>I4', #body + 1) .. kind .. body end
        local function joined(K, v, peer, record)
          return frame('J', text(K) .. struct.pack('>I8', v) .. text(peer) .. text(record))
        end
        local function left(K, v, peer, r, reason)
          return frame('L', text(K) .. struct.pack('>I8', v) .. text(peer) .. text(r.sid) .. text(r.nid)
            .. text(r.cid) .. text(reason))
        end
        local function tell(nodes, message)
          for _, nid in ipairs(nodes) do redis.call('PUBLISH', 'bs:n:' .. nid, message) end
        end

        """

    /// Reads and writes member records exactly as `MemberRecord` does.
    static let recordLua = """
        local function read(text)
          local r = {}
          r.nid, r.sid, r.cn, r.cid, r.gen, r.owner, r.resume, r.flags, r.joined, r.meta =
            string.match(text, '^(%x+)|([^|]*)|(%d+)|(%x+)|(%d+)|([^|]*)|([^|]*)|(%d+)|(%d+)|(.*)$')
          return r
        end
        local function write(r)
          return table.concat({r.nid, r.sid, r.cn, r.cid, r.gen, r.owner, r.resume, r.flags, r.joined, r.meta}, '|')
        end
        local function has(flags, bit) return math.floor(tonumber(flags) / bit) % 2 == 1 end
        local function whole(x) return string.format('%d', x) end

        """

    /// Membership of one room; the scripts that use it take the keys m, n, s, g, i as KEYS[base+1..5].
    static let roomLua = """
        local now
        local function micros()
          if not now then
            local t = redis.call('TIME')
            now = t[1] * 1000000 + t[2]
          end
          return now
        end
        local function others(n, me)
          local out = {}
          for _, nid in ipairs(redis.call('HKEYS', n)) do if nid ~= me then out[#out + 1] = nid end end
          table.sort(out)
          return out
        end
        local function lose(n, nid)
          if redis.call('HINCRBY', n, nid, -1) <= 0 then redis.call('HDEL', n, nid) end
        end
        local function advance(keys)
          local v = redis.call('HINCRBY', keys.s, 'v', 1)
          local fresh = v == 1
          if fresh then
            v = micros()
            redis.call('HSET', keys.s, 'v', whole(v))
          end
          return v, fresh
        end
        local function put(keys, K, peer, r, old, me, ttl)
          local nodes = others(keys.n, me)
          -- In this order: a hash that runs empty comes back without its lifetime.
          redis.call('HINCRBY', keys.n, me, 1)
          if old then lose(keys.n, old.nid) end
          local v, fresh = advance(keys)
          if r.gen == '0' then r.gen = whole(math.max(v, micros()) + 1) end
          local record = write(r)
          redis.call('HSET', keys.m, peer, record)
          redis.call('ZADD', keys.g, r.gen, peer)
          if fresh then
            for _, key in ipairs({keys.m, keys.n, keys.s, keys.g}) do redis.call('PEXPIRE', key, ttl) end
          end
          if #nodes > 0 then tell(nodes, joined(K, v, peer, record)) end
          return v, record
        end
        local function take(keys, K, peer, r, reason, nodes, ttl)
          redis.call('HDEL', keys.m, peer)
          redis.call('ZREM', keys.g, peer)
          lose(keys.n, r.nid)
          local v = redis.call('HINCRBY', keys.s, 'v', 1)
          if #nodes > 0 then tell(nodes, left(K, v, peer, r, reason)) end
          undeliver(keys, K, peer, r.sid, reason, ttl)
          return v
        end
        local function tidy(keys)
          if redis.call('HLEN', keys.m) == 0 then redis.call('DEL', keys.m, keys.n, keys.s, keys.g, keys.i) end
        end
        local function room(base)
          return {
            m = KEYS[base + 1], n = KEYS[base + 2], s = KEYS[base + 3], g = KEYS[base + 4], i = KEYS[base + 5]
          }
        end

        """
}
