/// The lists of what somebody has registered, and the changes of a room.
extension Script {
    /// KEYS list; ARGV item ttl limit
    static let rendezvousReserveLua = """
        local time = redis.call('TIME')
        local now = math.floor((time[1] * 1000000 + time[2]) / 1000)
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
        local limit = tonumber(ARGV[3])
        local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
        if limit > 0 and not held and redis.call('ZCARD', KEYS[1]) >= limit then
          return {'FULL', redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2], string.format('%.0f', now)}
        end
        redis.call('ZADD', KEYS[1], 'GT', string.format('%.0f', now + ARGV[2]), ARGV[1])
        redis.call('PEXPIREAT', KEYS[1], redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2])
        return {'OK', held and 0 or 1}
        """

    /// KEYS rz rzx rzc g m s rws rwr rwm; ARGV after limit kept
    ///
    /// A removal leaves no record behind, so each question compares who is there with who was there at the last one, by
    /// whomever, and writes down who is gone. The mark saves that while nothing has happened.
    static let rendezvousChangesLua = """
        local us = micros()
        local now = math.floor(us / 1000)
        prune(now)
        local function top(key) return tonumber(redis.call('ZREVRANGE', key, 0, 0, 'WITHSCORES')[2]) or 0 end
        local last = top(KEYS[3])
        local version = redis.call('HGET', KEYS[6], 'v') or '0'
        local mark = version .. '/' .. whole(last) .. '/' .. redis.call('ZCARD', KEYS[3])
        local old = redis.call('GET', KEYS[9])
        redis.call('ZREMRANGEBYSCORE', KEYS[8], '-inf', whole(us - ARGV[3] * 1000))
        if old ~= mark then
          if old then
            local gone = redis.call('ZDIFF', 3, KEYS[7], KEYS[3], KEYS[4])
            table.sort(gone)
            last = math.max(last, top(KEYS[4]), top(KEYS[8]))
            for _, peer in ipairs(gone) do
              last = math.max(us, last + 1)
              redis.call('ZADD', KEYS[8], whole(last), peer)
            end
          end
          redis.call('ZUNIONSTORE', KEYS[7], 2, KEYS[3], KEYS[4], 'AGGREGATE', 'MAX')
          redis.call('SET', KEYS[9], mark)
        end
        for i = 7, 9 do redis.call('PEXPIRE', KEYS[i], ARGV[3]) end
        local limit, full, through = tonumber(ARGV[2]), nil, tonumber(ARGV[1])
        local function first(key)
          local list = redis.call('ZRANGEBYSCORE', key, '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, limit)
          local number = tonumber(list[#list])
          if #list == 2 * limit then full = math.min(full or number, number) end
          if number then through = math.max(through, number) end
          return list
        end
        local records, members = {}, {}
        local declared = first(KEYS[3])
        for i = 1, #declared, 2 do
          local text = redis.call('HGET', KEYS[1], declared[i])
          if text then records[#records + 1] = declared[i]; records[#records + 1] = text end
        end
        local connected = first(KEYS[4])
        for i = 1, #connected, 2 do
          if redis.call('HEXISTS', KEYS[1], connected[i]) == 0 then
            local text = redis.call('HGET', KEYS[5], connected[i])
            if text then members[#members + 1] = connected[i]; members[#members + 1] = text end
          end
        end
        local removed = first(KEYS[8])
        for i = 2, #removed, 2 do removed[i] = whole(tonumber(removed[i])) end
        return {'OK', whole(now), records, members, removed, whole(full or through), full and 1 or 0}
        """
}
