/// Membership of rooms.
extension Script {
    /// KEYS live m n s g i; ARGV nid K peer record capacity takeover ttl proof inboxTTL
    static let joinLua = """
        if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return {'FENCED'} end
        local keys, peer, new = room(1), ARGV[3], read(ARGV[4])
        local holder = redis.call('HGET', keys.m, peer)
        local resumes = false
        new.joined = whole(math.floor(micros() / 1000))
        local old = holder and read(holder)
        if old then
          if old.sid == new.sid then
            if tonumber(old.cn) >= tonumber(new.cn) then return {'STALE'} end
            if ARGV[8] ~= '0' then
              if old.resume ~= new.resume then return {'DENIED'} end
            elseif not has(old.flags, 8) then
              return {'DENIED'}
            end
            new.joined, resumes = old.joined, true
          elseif ARGV[6] ~= '1' then
            local legacy = has(old.flags, 1) and has(new.flags, 1)
            local subject = string.sub(old.owner, 1, 6) == 'sub%3A'
            if old.owner ~= new.owner or not (subject or legacy) then return {'INUSE'} end
          end
        elseif ARGV[8] == '2' then
          return {'UNKNOWN'}
        elseif tonumber(ARGV[5]) > 0 and redis.call('HLEN', keys.m) >= tonumber(ARGV[5]) then
          return {'FULL'}
        end
        new.gen = '0'
        local v, record = put(keys, ARGV[2], peer, new, old, ARGV[1], ARGV[7])
        local waiting = {}
        if resumes then
          waiting = redis.call('XRANGE', inbox(keys, new.sid), '-', '+')
        else
          if old then undeliver(keys, ARGV[2], peer, old.sid, 'replaced', ARGV[9]) end
          undeliver(keys, ARGV[2], peer, new.sid, 'left', ARGV[9])
        end
        return {'OK', whole(v), record, holder or '', redis.call('HGETALL', keys.n), waiting}
        """

    /// KEYS m n s g i; ARGV nid K peer cid reason inboxTTL
    static let leaveLua = """
        local keys = room(0)
        local holder = redis.call('HGET', keys.m, ARGV[3])
        if not holder then return {'GONE'} end
        local r = read(holder)
        if r.nid ~= ARGV[1] or r.cid ~= ARGV[4] then return {'GONE'} end
        local v = take(keys, ARGV[2], ARGV[3], r, ARGV[5], others(keys.n, ARGV[1]), ARGV[6])
        tidy(keys)
        return {'OK', whole(v)}
        """

    /// KEYS m n s g i; ARGV nid K peer cid flags meta visible
    static let updateLua = """
        local keys = room(0)
        local holder = redis.call('HGET', keys.m, ARGV[3])
        if not holder then return {'SAME'} end
        local r = read(holder)
        if r.nid ~= ARGV[1] or r.cid ~= ARGV[4] then return {'SAME'} end
        local differs = bit.band(bit.bxor(tonumber(r.flags), tonumber(ARGV[5])), tonumber(ARGV[7])) ~= 0
        local seen = differs or r.meta ~= ARGV[6]
        r.flags, r.meta = ARGV[5], ARGV[6]
        local record = write(r)
        redis.call('HSET', keys.m, ARGV[3], record)
        if not seen then return {'SAME'} end
        local v = advance(keys)
        tell(others(keys.n, ARGV[1]), joined(ARGV[2], v, ARGV[3], record))
        return {'OK', whole(v)}
        """

    /// KEYS m n s; ARGV cursor
    static let syncLua = """
        local v = redis.call('HGET', KEYS[3], 'v') or '0'
        if ARGV[1] == '0' and redis.call('HLEN', KEYS[1]) <= 500 then
          return {v, redis.call('HGETALL', KEYS[2]), '0', redis.call('HGETALL', KEYS[1])}
        end
        local page = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', 500)
        return {v, redis.call('HGETALL', KEYS[2]), page[1], page[2]}
        """

    /// KEYS live m n s g i; ARGV nid K cursor inboxTTL
    static let sweepLua = """
        if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return {'0', 0} end
        local keys = room(1)
        local page = redis.call('HSCAN', keys.m, ARGV[3], 'COUNT', 500)
        local lost = {}
        for i = 1, #page[2], 2 do
          local r = read(page[2][i + 1])
          if r.nid == ARGV[1] then lost[#lost + 1] = {peer = page[2][i], record = r} end
        end
        table.sort(lost, function(a, b) return a.peer < b.peer end)
        for _, gone in ipairs(lost) do
          take(keys, ARGV[2], gone.peer, gone.record, 'node-lost', others(keys.n, ARGV[1]), ARGV[4])
        end
        if page[1] == '0' then redis.call('HDEL', keys.n, ARGV[1]) end
        tidy(keys)
        return {page[1], #lost}
        """

    /// KEYS live m n s g i a;
    /// ARGV nid K isLast ttl inboxTTL previousCount lostJoinCount previous… (peer cid)… (peer record)…
    static let announceLua = """
        local me, K = ARGV[1], ARGV[2]
        if not redis.call('ZSCORE', KEYS[1], me) then return {'FENCED'} end
        local keys, marks = room(1), KEYS[7]
        local own = {[me] = true}
        local joins = 8 + tonumber(ARGV[6])
        local first = joins + 2 * tonumber(ARGV[7])
        for i = 8, joins - 1 do own[ARGV[i]] = true end
        local spared = {}
        for i = joins, first - 1, 2 do spared[ARGV[i]] = ARGV[i + 1] end
        local function prevails(old, new)
          if old.cid == new.cid then return nil end
          if old.sid == new.sid then
            if tonumber(old.cn) >= tonumber(new.cn) then return 'S' end
            return nil
          end
          if own[old.nid] then return nil end
          if old.owner == new.owner then
            local a, b = tonumber(old.gen), tonumber(new.gen)
            if a > b or (a == b and old.sid > new.sid) then return 'R' end
            return nil
          end
          local mine, theirs = has(old.flags, 4), has(new.flags, 4)
          if mine ~= theirs then return theirs and 'U' or nil end
          if old.joined ~= new.joined then return tonumber(old.joined) < tonumber(new.joined) and 'U' or nil end
          return old.sid < new.sid and 'U' or nil
        end
        local lost, waiting, listed = {}, {}, {}
        for i = first, #ARGV, 2 do
          local peer, new = ARGV[i], read(ARGV[i + 1])
          local holder = redis.call('HGET', keys.m, peer)
          local old = holder and read(holder)
          local cause = old and prevails(old, new)
          listed[peer] = true
          if cause then
            lost[#lost + 1] = peer; lost[#lost + 1] = new.cid; lost[#lost + 1] = cause
          else
            if not old or old.cid ~= new.cid or old.nid ~= me then
              new.nid = me
              put(keys, K, peer, new, old, me, ARGV[4])
              if old and old.sid ~= new.sid then undeliver(keys, K, peer, old.sid, 'replaced', ARGV[5]) end
            end
            local letters = redis.call('XRANGE', inbox(keys, new.sid), '-', '+')
            if #letters > 0 then
              waiting[#waiting + 1] = peer; waiting[#waiting + 1] = new.sid; waiting[#waiting + 1] = letters
            end
          end
        end
        if ARGV[3] ~= '1' then
          for peer in pairs(listed) do redis.call('SADD', marks, peer) end
          redis.call('PEXPIRE', marks, 60000)
          return {'OK', lost, waiting}
        end
        for _, peer in ipairs(redis.call('SMEMBERS', marks)) do listed[peer] = true end
        redis.call('DEL', marks)
        local gone, count = {}, 0
        local all = redis.call('HGETALL', keys.m)
        local mine = 0
        for i = 1, #all, 2 do
          local nid = string.match(all[i + 1], '^%x+')
          if nid == me then mine = mine + 1 end
          if own[nid] then
            local r = read(all[i + 1])
            local isSpared = nid == me and spared[all[i]] == r.cid
            if not listed[all[i]] and not isSpared then gone[#gone + 1] = {peer = all[i], record = r}
            elseif nid == me then count = count + 1 end
          end
        end
        -- Before anything is taken out: a hash that runs empty comes back without its lifetime.
        if mine > 0 then redis.call('HSET', keys.n, me, mine) end
        table.sort(gone, function(a, b) return a.peer < b.peer end)
        for _, entry in ipairs(gone) do
          take(keys, K, entry.peer, entry.record, 'left', others(keys.n, me), ARGV[5])
        end
        for nid in pairs(own) do
          if nid ~= me or count == 0 then redis.call('HDEL', keys.n, nid) end
        end
        tidy(keys)
        return {'OK', lost, waiting}
        """
}
