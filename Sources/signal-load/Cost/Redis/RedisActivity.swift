/// What Redis has done since it started, or between two readings, as `INFO` tells.
struct RedisActivity: Sendable, Equatable {
    /// Calls by the names of `INFO commandstats`, those inside scripts too, but for `INFO` itself.
    var calls: [String: Int] = [:]
    var bytesIn = 0
    var bytesOut = 0
    /// Time that the server process has spent on a CPU.
    var cpuMicros = 0.0

    /// Called once by every heartbeat script and by nothing else: it tells heartbeats from what clients cause.
    static let heartbeatMark = "zrangebyscore"

    var heartbeats: Int { calls[Self.heartbeatMark, default: 0] }

    static func - (later: RedisActivity, earlier: RedisActivity) -> RedisActivity {
        var difference = later
        for (name, count) in earlier.calls { difference.calls[name, default: 0] -= count }
        difference.calls = difference.calls.filter { $0.value != 0 }
        difference.bytesIn -= earlier.bytesIn
        difference.bytesOut -= earlier.bytesOut
        difference.cpuMicros -= earlier.cpuMicros
        return difference
    }
}

extension RedisActivity {
    /// Reads the sections `commandstats`, `cpu` and `stats`; nil when a counter is missing.
    init?(commandStats: String, cpu: String, stats: String) {
        let (cpu, stats) = (Self.fields(of: cpu), Self.fields(of: stats))
        guard let user = cpu["used_cpu_user"].flatMap({ Double($0) }),
            let system = cpu["used_cpu_sys"].flatMap({ Double($0) }),
            let bytesIn = stats["total_net_input_bytes"].flatMap({ Int($0) }),
            let bytesOut = stats["total_net_output_bytes"].flatMap({ Int($0) })
        else { return nil }
        for (name, value) in Self.fields(of: commandStats) where name != "cmdstat_info" {
            // cmdstat_script|load:calls=3,usec=…
            guard name.hasPrefix("cmdstat_"), value.hasPrefix("calls="),
                let count = Int(value.dropFirst("calls=".count).prefix { $0 != "," })
            else { continue }
            calls[String(name.dropFirst("cmdstat_".count))] = count
        }
        (self.bytesIn, self.bytesOut, cpuMicros) = (bytesIn, bytesOut, (user + system) * 1_000_000)
    }

    private static func fields(of section: String) -> [Substring: Substring] {
        var fields: [Substring: Substring] = [:]
        for line in section.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon]] = line[line.index(after: colon)...]
        }
        return fields
    }
}
