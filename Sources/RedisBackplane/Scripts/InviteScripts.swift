/// Invites and tickets: what lets somebody in who has no token yet.
extension Script {
    /// KEYS ticket
    static let takeTicketLua = """
        local holder = redis.call('GET', KEYS[1])
        if holder then redis.call('DEL', KEYS[1]) end
        return {'OK', holder or ''}
        """

    /// An invite is a hash that Redis forgets when it has run out; the set of a room names those that it has.
    static let inviteLua = """
        local function invites(room)
          local out = {}
          for _, id in ipairs(redis.call('SMEMBERS', room)) do
            local fields = redis.call('HGETALL', 'bs:1:{inv:' .. id .. '}')
            if #fields == 0 then
              redis.call('SREM', room, id)
            else
              out[#out + 1] = id
              out[#out + 1] = fields
            end
          end
          return out
        end

        """

    /// KEYS invite room; ARGV id K grants max expires limit roomTTL
    static let createInviteLua = """
        if #invites(KEYS[2]) / 2 >= tonumber(ARGV[6]) then return {'FULL'} end
        redis.call('HSET', KEYS[1], 'room', ARGV[2], 'grants', ARGV[3], 'max', ARGV[4], 'expires', ARGV[5], 'uses', 0,
          'revoked', 0)
        redis.call('PEXPIREAT', KEYS[1], ARGV[5])
        redis.call('SADD', KEYS[2], ARGV[1])
        redis.call('PEXPIRE', KEYS[2], ARGV[7])
        return {'OK'}
        """

    /// KEYS room
    static let invitesLua = """
        return {'OK', invites(KEYS[1])}
        """

    /// KEYS invite
    static let revokeInviteLua = """
        if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'revoked', 1) end
        return redis.call('HGETALL', KEYS[1])
        """

    /// KEYS invite redeemers; ARGV redeemer
    static let redeemInviteLua = """
        local invite, flat = {}, redis.call('HGETALL', KEYS[1])
        for i = 1, #flat, 2 do invite[flat[i]] = flat[i + 1] end
        if #flat == 0 or invite.revoked == '1' or tonumber(invite.expires) <= millis() then return {} end
        if redis.call('SADD', KEYS[2], ARGV[1]) == 1 then
          if tonumber(invite.uses) >= tonumber(invite.max) then
            redis.call('SREM', KEYS[2], ARGV[1])
            return {}
          end
          redis.call('HINCRBY', KEYS[1], 'uses', 1)
          redis.call('PEXPIREAT', KEYS[2], invite.expires)
        end
        return redis.call('HGETALL', KEYS[1])
        """
}
