/// Letters: the inbox of a session is a stream, and the room's hash i knows the bytes of its payloads.
extension Script {
    /// Reads letters exactly as `readLetter` does; their numbers stay eight bytes, which a Lua number cannot hold.
    static let inboxLua = """
        local nobody = string.rep('\\0', 8)
        local function opened(bytes)
          local l, start = {}, nil
          l.kind, l.number, l.from, l.sid, l.nid, l.id, start = struct.unpack('>Bc8I2c0I2c0I2c0I2c0', bytes)
          l.payload = string.sub(bytes, start)
          return l
        end
        local function undeliverable(l, peer, sid, reason)
          local payload = '{"type":"undeliverable","id":' .. l.id .. ',"to":"' .. peer .. '","reason":"' .. reason .. '"}'
          return '\\1' .. nobody .. text(peer) .. text(sid) .. text(l.nid) .. text(l.id) .. payload, #payload
        end
        local function letter(K, to, sid, id, bytes)
          return frame('S', text(K) .. text(to) .. text(sid) .. text(id) .. bytes)
        end
        local function inbox(keys, sid) return keys.i .. ':' .. sid end
        local function append(keys, sid, bytes, size, ttl)
          local key = inbox(keys, sid)
          if redis.call('XLEN', key) == 0 then
            redis.call('HSET', keys.i, sid, size)
          else
            redis.call('HINCRBY', keys.i, sid, size)
          end
          local id = redis.call('XADD', key, '*', 'l', bytes)
          redis.call('PEXPIRE', key, ttl)
          redis.call('PEXPIRE', keys.i, ttl)
          return id
        end
        local function undeliver(keys, K, peer, sid, reason, ttl)
          local key = inbox(keys, sid)
          redis.call('HDEL', keys.i, sid)
          if redis.call('EXISTS', key) == 0 then return end
          local letters = redis.call('XRANGE', key, '-', '+')
          redis.call('DEL', key)
          for _, entry in ipairs(letters) do
            local l = opened(entry[2][2])
            if l.number ~= nobody then tell({l.nid}, frame('U', l.number .. text(reason))) end
            local holder = l.kind == 0 and redis.call('HGET', keys.m, l.from)
            local sender = holder and read(holder)
            if sender and sender.sid == l.sid then
              local bytes, size = undeliverable(l, peer, sid, reason)
              local id = append(keys, l.sid, bytes, size, ttl)
              tell({sender.nid}, letter(K, l.from, l.sid, id, bytes))
            end
          end
        end

        """

    /// KEYS live m n s g i; ARGV nid K to session letter isStored maxEntries maxBytes inboxTTL
    static let sendLua = """
        if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return {'FENCED'} end
        local keys, K, to = room(1), ARGV[2], ARGV[3]
        local holder = redis.call('HGET', keys.m, to)
        local r = holder and read(holder)
        if not r or (ARGV[4] ~= '' and r.sid ~= ARGV[4]) then return {'NONE'} end
        local told = r.nid ~= ARGV[1] and {r.nid} or {}
        local payload = opened(ARGV[5]).payload
        if ARGV[6] ~= '1' then
          tell(told, frame('P', text(K) .. text(to) .. payload))
          return {'PASSED', r.sid, r.nid}
        end
        local count = redis.call('XLEN', inbox(keys, r.sid))
        local bytes = #payload + (count > 0 and tonumber(redis.call('HGET', keys.i, r.sid) or 0) or 0)
        if count >= tonumber(ARGV[7]) or bytes > tonumber(ARGV[8]) then return {'FULL'} end
        local id = append(keys, r.sid, ARGV[5], #payload, ARGV[9])
        tell(told, letter(K, to, r.sid, id, ARGV[5]))
        return {'STORED', id, r.sid, r.nid}
        """

    /// KEYS i; ARGV sid emptyTTL idCount id… (nid receipts)…
    static let confirmLua = """
        local keys, sid = {i = KEYS[1]}, ARGV[1]
        local key, last = inbox(keys, sid), 3 + ARGV[3]
        for i = 4, last do
          local entry = redis.call('XRANGE', key, ARGV[i], ARGV[i])[1]
          if entry then
            redis.call('XDEL', key, ARGV[i])
            redis.call('HINCRBY', keys.i, sid, -#opened(entry[2][2]).payload)
          end
        end
        if redis.call('XLEN', key) == 0 then
          redis.call('HDEL', keys.i, sid)
          redis.call('PEXPIRE', key, ARGV[2])
        end
        for i = last + 1, #ARGV, 2 do tell({ARGV[i]}, frame('C', ARGV[i + 1])) end
        return {'OK'}
        """
}
