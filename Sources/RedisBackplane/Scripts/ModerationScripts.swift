/// Decisions of moderators: a hash of what stands behind their ids, and a sorted set of when each is forgotten.
extension Script {
    /// Forgets what is over.
    static let tableLua = """
        local function prune(entries, ends, now)
          for _, id in ipairs(redis.call('ZRANGEBYSCORE', ends, '-inf', now)) do redis.call('HDEL', entries, id) end
          redis.call('ZREMRANGEBYSCORE', ends, '-inf', now)
        end

        """

    /// KEYS entries ends live; ARGV isNew limit liftedMs (id value)…
    static let sanctionLua = """
        local now, stored = millis(), {}
        prune(KEYS[1], KEYS[2], now)
        local live = redis.call('ZRANGE', KEYS[3], 0, -1)
        for i = 4, #ARGV, 2 do
          local id, stamp, lifted, expires, reason = ARGV[i], string.match(ARGV[i + 1], '^(%d+)|([01])|(%d+)|(.*)$')
          local old = redis.call('HGET', KEYS[1], id)
          local known = old and tonumber(string.match(old, '^(%d+)|')) or -1
          stamp = tonumber(stamp)
          if ARGV[1] == '1' then stamp = math.max(now, known + 1, stamp) end
          if stamp > known and (expires == '0' or tonumber(expires) > now) then
            if not old and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[2]) then return {'FULL'} end
            local value = string.format('%.0f', stamp) .. '|' .. lifted .. '|' .. expires .. '|' .. reason
            local ends = expires == '0' and math.huge or tonumber(expires)
            if lifted == '1' then ends = math.min(ends, stamp + ARGV[3]) end
            redis.call('HSET', KEYS[1], id, value)
            redis.call('ZADD', KEYS[2], ends == math.huge and '+inf' or string.format('%.0f', ends), id)
            tell(live, frame('X', '\\0' .. text(id) .. text(value)))
            stored[#stored + 1] = id
            stored[#stored + 1] = value
          end
        end
        return {'OK', stored}
        """

    /// KEYS entries ends
    static let sanctionsLua = """
        prune(KEYS[1], KEYS[2], millis())
        return {'OK', redis.call('HGETALL', KEYS[1])}
        """

    /// KEYS live m; ARGV K peer
    static let kickLua = """
        tell(redis.call('ZRANGE', KEYS[1], 0, -1), frame('X', '\\1' .. text(ARGV[1]) .. text(ARGV[2])))
        return redis.call('HEXISTS', KEYS[2], ARGV[2])
        """
}
