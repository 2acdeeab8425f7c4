/// Leases and the sweep job.
extension Script {
    /// The lease clock stops while Redis is away: no heartbeat for longer than the gap moves every lease by that time.
    static let clockLua = """
        local function millis()
          local t = redis.call('TIME')
          return t[1] * 1000 + math.floor(t[2] / 1000)
        end
        local function clock(last, live, gapLimit, beat)
          local now = millis()
          local gap = now - tonumber(redis.call('GET', last) or now)
          redis.call('SET', last, string.format('%.0f', now))
          if gap > tonumber(gapLimit) then
            for _, nid in ipairs(redis.call('ZRANGE', live, 0, -1)) do
              redis.call('ZINCRBY', live, gap - beat, nid)
            end
          end
          return now
        end

        """

    /// Whether no live node knows other shards.
    static let shardsLua = """
        local function agree(shards, live, now, mine)
          local known = redis.call('GET', shards)
          if not known or known == mine then return true end
          return redis.call('ZCOUNT', live, '(' .. string.format('%.0f', now), '+inf') == 0
        end

        """

    /// KEYS shards last live; ARGV shards beat gap
    static let compareShardsLua = """
        local now = clock(KEYS[2], KEYS[3], ARGV[3], ARGV[2])
        return agree(KEYS[1], KEYS[3], now, ARGV[1]) and 1 or 0
        """

    /// KEYS epoch last live info shards; ARGV nid info lease beat gap shards
    ///
    /// Who comes first names the data set by himself and the time: emptied and met by the same node, it has another name.
    static let registerLua = """
        local now = clock(KEYS[2], KEYS[3], ARGV[5], ARGV[4])
        if not agree(KEYS[5], KEYS[3], now, ARGV[6]) then return {'SHARDS'} end
        redis.call('SET', KEYS[5], ARGV[6])
        local time = redis.call('TIME')
        redis.call('SET', KEYS[1], ARGV[1] .. '-' .. time[1] .. '.' .. time[2], 'NX')
        redis.call('ZADD', KEYS[3], now + ARGV[3], ARGV[1])
        redis.call('HSET', KEYS[4], ARGV[1], ARGV[2])
        return {'OK', redis.call('GET', KEYS[1])}
        """

    /// KEYS epoch last live dead grave reports connections messages; ARGV nid sequence lease beat gap report most
    static let heartbeatLua = """
        if not redis.call('ZSCORE', KEYS[3], ARGV[1]) then return {'FENCED'} end
        local now = clock(KEYS[2], KEYS[3], ARGV[5], ARGV[4])
        redis.call('ZADD', KEYS[3], 'XX', now + ARGV[3], ARGV[1])
        local lost = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now)
        for _, nid in ipairs(lost) do
          redis.call('ZREM', KEYS[3], nid)
          redis.call('ZADD', KEYS[4], now, nid)
          redis.call('ZADD', KEYS[5], now, nid)
        end
        if #lost > 0 then
          local live = redis.call('ZRANGE', KEYS[3], 0, -1)
          for _, nid in ipairs(lost) do tell(live, frame('D', text(nid))) end
          redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', now - 600000)
        end
        for _, nid in ipairs(lost) do report(6, nid, '') end
        report(6, ARGV[1], ARGV[6])
        tell({ARGV[1]}, frame('H', struct.pack('>I8', tonumber(ARGV[2]))))
        return {'OK', redis.call('GET', KEYS[1]) or '', string.format('%.0f', now),
          redis.call('ZCOUNT', KEYS[3], '-inf', '+inf'),
          redis.call('ZREVRANGE', KEYS[7], 0, ARGV[7] - 1, 'WITHSCORES'),
          redis.call('ZREVRANGE', KEYS[8], 0, ARGV[7] - 1, 'WITHSCORES'), redis.call('ZRANGE', KEYS[4], 0, -1)}
        """

    /// KEYS live reports connections messages; ARGV nid lease
    static let retireLua = """
        if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return {'FENCED'} end
        redis.call('ZADD', KEYS[1], 'XX', millis() + ARGV[2], ARGV[1])
        report(2, ARGV[1], '')
        return {'OK'}
        """

    /// KEYS claim; ARGV nid ttl
    static let claimLua = """
        local holder = redis.call('GET', KEYS[1])
        if holder and holder ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return 1
        """

    /// KEYS live dead info index claim; ARGV nid
    static let finishSweepLua = """
        if redis.call('ZSCORE', KEYS[1], ARGV[1]) or redis.call('EXISTS', KEYS[4]) == 1 then return 0 end
        redis.call('ZREM', KEYS[2], ARGV[1])
        redis.call('HDEL', KEYS[3], ARGV[1])
        redis.call('DEL', KEYS[5])
        return 1
        """

    /// KEYS any; ARGV ttl
    static let touchLua = """
        for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[1]) end
        return #KEYS
        """

    /// ARGV batch nid…
    static let fanLua = """
        for i = 2, #ARGV do redis.call('PUBLISH', 'bs:n:' .. ARGV[i], ARGV[1]) end
        return #ARGV - 1
        """
}
