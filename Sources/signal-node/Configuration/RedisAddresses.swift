import RedisWire
import SignalNode

extension NodeConfiguration.Redis {
    /// The address of each shard, with the login of the Sentinels where it has some.
    ///
    /// - Throws: ``RedisURLError`` for a text that `addressProblems()` explains.
    func addresses() throws(RedisURLError) -> [RedisAddress] {
        var addresses: [RedisAddress] = []
        for shard in shards { addresses.append(try address(of: shard)) }
        return addresses
    }

    /// What is wrong with the parts of the addresses: one sentence each, without the text, which may hold a password.
    func addressProblems() -> [String] {
        shards.compactMap { shard -> String? in
            do throws(RedisURLError) {
                _ = try address(of: shard)
                return nil
            } catch {
                let setting = urls == nil ? "REDIS_URL" : "REDIS_URLS (\(shard.name))"
                return "\(setting): \(error.sentence)"
            }
        }
    }

    private func address(of shard: NodeConfiguration.Shard) throws(RedisURLError) -> RedisAddress {
        let address = try RedisAddress(shard.address)
        guard case .sentinels(var group) = address else { return address }
        group.sentinelUsername = sentinelUser
        group.sentinelPassword = sentinelPassword.map(RedisPassword.init)
        return .sentinels(group)
    }
}

extension RedisURLError {
    /// The case in words for the person who wrote the address.
    fileprivate var sentence: String {
        switch self {
        case .unsupportedScheme: "the scheme must be redis, rediss, sentinel or sentinels."
        case .invalidHost: "a host must be a name, an IPv4 address or an IPv6 address in brackets."
        case .invalidPort: "a port must be a number from 1 to 65535."
        case .invalidDatabase: "the database behind the slash must be a number; %2F is a slash inside a password."
        case .invalidPrimaryName:
            "behind the Sentinels stands /name, which they know the primary by: letters, digits, dots, - and _."
        case .invalidPercentEncoding: "a % in the login must begin the two hexadecimal digits of an encoded byte."
        case .userWithoutPassword: "a user needs a password; :password@ is the login of the default user."
        case .unsupportedParameters: "? and # have no meaning; in a password they are %3F and %23."
        }
    }
}
