import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// HAProxy with the configuration that this project ships, on free loopback ports.
public final class EdgeServer: Sendable {
    public struct DoesNotStart: Error, CustomStringConvertible {
        public let description: String
    }

    public let port: Int
    private let directory: URL
    private let process: ChildProcess

    /// Starts the edge and returns when it listens.
    ///
    /// - Parameters:
    ///   - nodes: the ports of n1, n2, …
    ///   - certificate: PEM text with a key; nil = plain HTTP.
    public init(nodes: [Int], certificate: String? = nil) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "edge-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        port = try RedisServer.freePort()
        // All clients of a test have one address.
        var environment = [
            "EDGE_CONNECTIONS_PER_ADDRESS": "0", "EDGE_CONNECTIONS_PER_10S": "0", "EDGE_REQUESTS_PER_10S": "0",
            "EDGE_ERRORS_PER_10S": "0", "EDGE_BIND": "127.0.0.1:\(port)",
            "EDGE_METRICS_BIND": "127.0.0.1:\(try RedisServer.freePort())",
            "PATH": (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin") + ":/usr/local/sbin:/usr/sbin",
        ]
        for (index, node) in nodes.enumerated() { environment["NODE\(index + 1)_ADDRESS"] = "127.0.0.1:\(node)" }
        if let certificate {
            let file = directory.appending(path: "edge.pem")
            try Data(certificate.utf8).write(to: file)
            environment["EDGE_CERTIFICATE"] = file.path()
        }
        let configuration = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../infra/edge/haproxy.cfg").standardized.path()
        let haproxy =
            ["/usr/sbin/haproxy", "/usr/local/sbin/haproxy"].first(where: FileManager.default.isExecutableFile)
            ?? "haproxy"
        let output = directory.appending(path: "log").path()
        process = try ChildProcess([haproxy, "-db", "-f", configuration], environment: environment, output: output)
        let deadline = Date().addingTimeInterval(10)
        while Date() < deadline, process.status == nil {
            if Self.listens(port) { return }
            usleep(10_000)
        }
        throw DoesNotStart(description: "haproxy does not start: \(log)")
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// What the edge has logged so far: a line for each request that has ended.
    public var log: String { (try? String(contentsOf: directory.appending(path: "log"), encoding: .utf8)) ?? "" }

    /// The names by which the edge knows the servers of the requests to `path`, in the order of their ends.
    public func servers(of path: String) -> [String] {
        log.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count > 4, words[2] == path, words[4].hasPrefix("nodes/") else { return nil }
            return String(words[4].dropFirst("nodes/".count))
        }
    }

    private static func listens(_ port: Int) -> Bool {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port).bigEndian)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        } == 0
    }
}
