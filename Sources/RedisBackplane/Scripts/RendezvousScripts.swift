/// Rendezvous records; the keys are rz (peer → record), rzx (expiry) and rzc (order of changes).
///
/// A record is `owner|seenAt|expiresAt|ttlMs|change|addresses|metadata` with escaped owner and addresses.
extension Script {
    static let rendezvousLua = """
        local function micros() local t = redis.call('TIME'); return t[1] * 1000000 + t[2] end
        local function whole(x) return string.format('%.0f', x) end
        local function parse(text)
          local r = {}
          r.owner, r.seen, r.expires, r.ttl, r.change, r.addresses, r.meta =
            string.match(text, '^([^|]*)|(%d+)|(%d+)|(%d+)|(%d+)|([^|]*)|(.*)$')
          return r
        end
        local function remove(peer)
          redis.call('HDEL', KEYS[1], peer)
          redis.call('ZREM', KEYS[2], peer)
          redis.call('ZREM', KEYS[3], peer)
        end
        local function prune(now)
          for _, peer in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 128)) do remove(peer) end
        end

        """

    /// KEYS rz rzx rzc m; ARGV peer owner addresses metadata ttl max
    static let rendezvousRegisterLua = """
        local us = micros()
        local now = math.floor(us / 1000)
        prune(now)
        local peer, owner, addresses, meta, ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
        local member = redis.call('HGET', KEYS[4], peer)
        if member and string.match(member, '^%x+|[^|]*|%d+|%x+|%d+|([^|]*)|') ~= owner then return {'OTHER'} end
        local text = redis.call('HGET', KEYS[1], peer)
        local old = text and parse(text)
        if old and tonumber(old.expires) <= now then old = nil end
        if old and old.owner ~= owner then return {'OTHER'} end
        if not old and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[6]) then
          return {'FULL', redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2], whole(now)}
        end
        local change
        if old and old.addresses == addresses and old.meta == meta then
          change = old.change
        else
          local last = redis.call('ZREVRANGE', KEYS[3], 0, 0, 'WITHSCORES')[2]
          change = whole(math.max(us, (tonumber(last) or 0) + 1))
          redis.call('ZADD', KEYS[3], change, peer)
        end
        local record = table.concat({owner, whole(now), whole(now + ttl), whole(ttl), change, addresses, meta}, '|')
        redis.call('HSET', KEYS[1], peer, record)
        redis.call('ZADD', KEYS[2], whole(now + ttl), peer)
        local longest = tonumber(redis.call('ZREVRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]) + 60000
        for i = 1, 3 do redis.call('PEXPIREAT', KEYS[i], whole(longest)) end
        return {'OK', record}
        """

    /// KEYS rz rzx rzc; ARGV peer owner
    static let rendezvousUnregisterLua = """
        local text = redis.call('HGET', KEYS[1], ARGV[1])
        if not text then return {'OK'} end
        local old = parse(text)
        if old.owner ~= ARGV[2] and tonumber(old.expires) > math.floor(micros() / 1000) then return {'OTHER'} end
        remove(ARGV[1])
        return {'OK'}
        """

    /// KEYS rz rzx rzc g m; ARGV limit high low; high is '-' for a caller that begins anew
    static let rendezvousDiscoverLua = """
        local now = math.floor(micros() / 1000)
        prune(now)
        local limit = ARGV[1] + 1
        local function candidates(order, wanted)
          local seen, peers = {}, {}
          -- The first of one way through the order: those that are not wanted take no place.
          local function add(page)
            local found, offset, list = 0, 0, nil
            repeat
              list = page(offset)
              for _, peer in ipairs(list) do
                if found < limit and wanted(peer) then
                  found = found + 1
                  if not seen[peer] then seen[peer] = true; peers[#peers + 1] = peer end
                end
              end
              offset = offset + limit
            until found >= limit or #list < limit
          end
          if ARGV[2] == '-' then
            add(function(at) return redis.call('ZREVRANGE', order, at, at + limit - 1) end)
          else
            add(function(at)
              return redis.call('ZRANGEBYSCORE', order, '(' .. ARGV[2], '+inf', 'LIMIT', at, limit)
            end)
            add(function(at)
              return redis.call('ZREVRANGEBYSCORE', order, '(' .. ARGV[3], '-inf', 'LIMIT', at, limit)
            end)
          end
          return peers
        end
        local function isDeclared(peer) return redis.call('HEXISTS', KEYS[1], peer) == 1 end
        local records, members = {}, {}
        for _, peer in ipairs(candidates(KEYS[3], isDeclared)) do
          local text = redis.call('HGET', KEYS[1], peer)
          if text then records[#records + 1] = peer; records[#records + 1] = text end
        end
        for _, peer in ipairs(candidates(KEYS[4], function(peer) return not isDeclared(peer) end)) do
          local text = redis.call('HGET', KEYS[5], peer)
          if text then members[#members + 1] = peer; members[#members + 1] = text end
        end
        return {'OK', whole(now), records, members}
        """
}
