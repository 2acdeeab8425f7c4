import Foundation

/// What a rig is made of.
struct RigSettings: Sendable {
    /// Where its servers run.
    enum Place {
        case processes(Programs)
        case containers
    }

    struct Programs: Sendable {
        /// The `signal-node` executable.
        var node: String
        /// HAProxy's configuration.
        var edgeConfiguration: String
    }

    var place: Place
    /// Takes logs, the secret and the files of Redis.
    var directory: String
    /// Containers are always three.
    var nodes = 3
    var leaseMs = 5_000
    var heartbeatMs = 500
    var drainSeconds = 15
    var drainBalancerSeconds = 3
    /// Names of guards that the nodes switch off, for debug builds: `V1,V3`.
    var withoutGuards: String?

    /// The environment of every node, but for its name, port and Redis.
    func nodeEnvironment(secretFile: String) -> [String: String] {
        var environment = [
            "CLUSTER_SECRET_FILE": secretFile, "LEASE_MS": "\(leaseMs)", "HEARTBEAT_MS": "\(heartbeatMs)",
            "DRAIN_SECONDS": "\(drainSeconds)", "DRAIN_BALANCER_SECONDS": "\(drainBalancerSeconds)",
            "TRUSTED_PROXY_CIDRS": "127.0.0.0/8", "LOG_LEVEL": "info",
            // One address holds all the load.
            "RATE_LIMIT_CONNECTIONS_PER_IP": "0", "RATE_LIMIT_MESSAGES_PER_MINUTE": "0", "DUPLICATE_PAYLOAD_LIMIT": "0",
        ]
        if let withoutGuards { environment["SIGNAL_NODE_WITHOUT_GUARDS"] = withoutGuards }
        return environment
    }
}
