/// Decisions of moderators: a hash of what stands behind their ids, a sorted set of when each is forgotten, and a hash of
/// how many there are of each room and of each namespace.
extension Script {
    /// Forgets what is over.
    static let tableLua = """
        local function scopes(id)
          local room = string.match(id, '^[^|]*|[^|]*|(.*)$')
          if not room or room == '*' then return {} end
          return {room, string.match(room, '^(.-::)') or room}
        end
        local function prune(entries, ends, counts, now)
          for _, id in ipairs(redis.call('ZRANGEBYSCORE', ends, '-inf', now)) do
            redis.call('HDEL', entries, id)
            for _, scope in ipairs(scopes(id)) do
              if redis.call('HINCRBY', counts, scope, -1) <= 0 then redis.call('HDEL', counts, scope) end
            end
          end
          redis.call('ZREMRANGEBYSCORE', ends, '-inf', now)
          if redis.call('HLEN', entries) == 0 then redis.call('DEL', counts) end
        end

        """

    /// KEYS entries ends live counts; ARGV isNew limit limitOfRooms limitOfRoom limitOfNamespace liftedMs (id value)…
    static let sanctionLua = """
        local now, stored = millis(), {}
        prune(KEYS[1], KEYS[2], KEYS[4], now)
        local function hasPlace(id)
          local places = ARGV[1] == '1' and scopes(id) or {}
          if redis.call('HLEN', KEYS[1]) >= tonumber(#places > 0 and ARGV[3] or ARGV[2]) then return false end
          for i, scope in ipairs(places) do
            local count = tonumber(redis.call('HGET', KEYS[4], scope) or 0)
            if count >= tonumber(ARGV[3 + i]) and not (i == 1 and string.find(id, '^closure|')) then return false end
          end
          return true
        end
        local live = redis.call('ZRANGE', KEYS[3], 0, -1)
        for i = 7, #ARGV, 2 do
          local id, stamp, lifted, expires, reason = ARGV[i], string.match(ARGV[i + 1], '^(%d+)|([01])|(%d+)|(.*)$')
          local old = redis.call('HGET', KEYS[1], id)
          local known = old and tonumber(string.match(old, '^(%d+)|')) or -1
          stamp = tonumber(stamp)
          if ARGV[1] == '1' then stamp = math.max(now, known + 1, stamp) end
          if stamp > known and (expires == '0' or tonumber(expires) > now) then
            if not old then
              if not hasPlace(id) then return {'FULL'} end
              for _, scope in ipairs(scopes(id)) do redis.call('HINCRBY', KEYS[4], scope, 1) end
            end
            local value = string.format('%.0f', stamp) .. '|' .. lifted .. '|' .. expires .. '|' .. reason
            local ends = expires == '0' and math.huge or tonumber(expires)
            if lifted == '1' then ends = math.min(ends, stamp + ARGV[6]) end
            redis.call('HSET', KEYS[1], id, value)
            redis.call('ZADD', KEYS[2], ends == math.huge and '+inf' or string.format('%.0f', ends), id)
            tell(live, frame('X', '\\0' .. text(id) .. text(value)))
            stored[#stored + 1] = id
            stored[#stored + 1] = value
          end
        end
        return {'OK', stored}
        """

    /// KEYS entries ends counts
    static let sanctionsLua = """
        prune(KEYS[1], KEYS[2], KEYS[3], millis())
        return {'OK', redis.call('HGETALL', KEYS[1])}
        """

    /// KEYS live m; ARGV K peer
    static let kickLua = """
        tell(redis.call('ZRANGE', KEYS[1], 0, -1), frame('X', '\\1' .. text(ARGV[1]) .. text(ARGV[2])))
        return redis.call('HEXISTS', KEYS[2], ARGV[2])
        """
}
