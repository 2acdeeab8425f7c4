/// What nodes tell about themselves.
extension Script {
    /// Replaces what an instance reported (`NodeReport.packed`; empty = nothing any more) and moves the totals by the
    /// difference; the keys are reports, connections and messages, from KEYS[base] on. A report whose addresses use what
    /// they used before costs two calls.
    static let reportLua = """
        local function loads(report)
          local found = {}
          for at = 10, #report - 15, 16 do
            found[string.sub(report, at, at + 7)] = {struct.unpack('>I4I4', report, at + 8)}
          end
          return found
        end
        local function shift(key, code, by)
          if by ~= 0 and tonumber(redis.call('ZINCRBY', key, by, code)) <= 0 then redis.call('ZREM', key, code) end
        end
        local function report(base, nid, new)
          local old = redis.call('HGET', KEYS[base], nid) or ''
          if old == new then return end
          if new == '' then redis.call('HDEL', KEYS[base], nid) else redis.call('HSET', KEYS[base], nid, new) end
          if string.sub(old, 10) == string.sub(new, 10) then return end
          local before, after = loads(old), loads(new)
          for code, load in pairs(before) do
            local next = after[code] or {0, 0}
            shift(KEYS[base + 1], code, next[1] - load[1])
            shift(KEYS[base + 2], code, next[2] - load[2])
          end
          for code, load in pairs(after) do
            if not before[code] then
              shift(KEYS[base + 1], code, load[1])
              shift(KEYS[base + 2], code, load[2])
            end
          end
        end

        """

    /// KEYS live info reports shards
    static let nodesLua = """
        local now = millis()
        local live, nodes = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES'), {}
        for at = 1, #live, 2 do
          local nid = live[at]
          nodes[#nodes + 1] = nid
          nodes[#nodes + 1] = string.format('%.0f', live[at + 1] - now)
          nodes[#nodes + 1] = redis.call('HGET', KEYS[2], nid) or ''
          nodes[#nodes + 1] = redis.call('HGET', KEYS[3], nid) or ''
        end
        return {redis.call('GET', KEYS[4]) or '', nodes}
        """
}
