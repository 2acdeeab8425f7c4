import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A real `redis-server --sentinel` on a free loopback port, for one test.
///
/// Thread-safe: its process is behind a mutex. Methods block for some milliseconds; call them from tests, never on an
/// event loop. It dies with this object, and with the test process.
public final class RedisSentinel: Sendable {
    public let port: Int
    /// Present when the primary has TLS files.
    public let tlsPort: Int?
    private let process: Mutex<Process?>
    private let password: String?
    /// Sentinel rewrites its configuration there; removed with this object.
    private let directory: URL

    /// What Sentinels watch over.
    public struct Primary: Sendable {
        public var name = "main"
        public var port: Int
        public var password: String?
        /// How many Sentinels must agree that it is down.
        public var quorum = 1
        /// How long it may be silent, in milliseconds.
        public var downAfterMs = 500
        /// PEM files when the data servers are reached by TLS; `port` is then their TLS port.
        public var tls: RedisServer.TLSFiles?

        public init(name: String = "main", port: Int, password: String? = nil, quorum: Int = 1) {
            self.name = name
            self.port = port
            self.password = password
            self.quorum = quorum
        }
    }

    /// Starts a Sentinel and returns when it answers.
    ///
    /// - Parameter password: `requirepass` of the Sentinel itself, also used by ``command(_:)``.
    public init(of primary: Primary, password: String? = nil) throws {
        self.password = password
        directory = FileManager.default.temporaryDirectory.appending(path: "sentinel-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for _ in 0..<5 {
            let ports = try (RedisServer.freePort(), primary.tls == nil ? nil : RedisServer.freePort())
            let file = directory.appending(path: "sentinel.conf")
            try Data(Self.settings(ports.0, ports.1, primary, password, directory).utf8).write(to: file)
            let arguments = [file.path(), "--sentinel"]
            guard let started = try RedisServer.launch(arguments, port: ports.0, password: password) else { continue }
            (port, tlsPort) = ports
            process = Mutex(started)
            return
        }
        throw RedisServer.Failure.doesNotStart
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: directory)
    }

    /// SIGKILL; returns when the process is gone.
    public func kill() {
        let ending = process.withLock { process in
            defer { process = nil }
            return process
        }
        if let ending { RedisServer.end(ending, with: SIGKILL) }
    }

    /// SIGSTOP: connections are accepted by the system and nothing answers.
    public func suspend() {
        signal(SIGSTOP)
    }

    /// SIGCONT.
    public func resume() {
        signal(SIGCONT)
    }

    private func signal(_ number: Int32) {
        process.withLock { process in
            guard let process, process.isRunning else { return }
            _ = RedisServer.send(number, to: process.processIdentifier)
        }
    }

    /// As ``RedisServer/command(_:)``.
    @discardableResult
    public func command(_ words: [String]) throws -> String {
        try RedisServer.command(words, port: port, password: password)
    }

    /// Where this Sentinel says that the primary is; nil if it does not know.
    public func primaryPort(of name: String = "main") throws -> Int? {
        try command(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", name]).split(separator: "\n").last.flatMap { Int($0) }
    }

    private static func settings(
        _ port: Int, _ tlsPort: Int?, _ primary: Primary, _ password: String?, _ directory: URL
    ) -> String {
        let name = primary.name
        var lines = [
            "port \(port)", "bind 127.0.0.1", "dir \(directory.path())", "logfile sentinel.log", "protected-mode no",
            "sentinel monitor \(name) 127.0.0.1 \(primary.port) \(primary.quorum)",
            "sentinel down-after-milliseconds \(name) \(primary.downAfterMs)",
            "sentinel failover-timeout \(name) 3000",
        ]
        if let secret = primary.password { lines.append("sentinel auth-pass \(name) \(secret)") }
        if let password { lines.append("requirepass \(password)") }
        if let tlsPort, let tls = primary.tls {
            lines += [
                "tls-port \(tlsPort)", "tls-replication yes", "tls-auth-clients no",
                "tls-cert-file \(tls.certificate)", "tls-key-file \(tls.key)", "tls-ca-cert-file \(tls.certificate)",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
