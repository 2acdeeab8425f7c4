public import Foundation
import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A real `redis-server` on free loopback ports, without persistence, for one test.
///
/// Thread-safe: its process is behind a mutex. Methods block for some milliseconds; call them from tests, never on an
/// event loop. The server dies with this object, and with the test process (by `setpriv --pdeathsig` where there is one).
public final class RedisServer: Sendable {
    /// PEM files for a TLS port.
    public struct TLSFiles: Sendable {
        public let certificate: String
        public let key: String

        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    public enum Failure: Error, Equatable {
        case doesNotStart
        case unreachable(errno: Int32)
        case badReply
        /// The server answered with this error.
        case reply(String)
    }

    public let port: Int
    /// Present when TLS files were given.
    public let tlsPort: Int?
    /// Removed with this object.
    public let directory: URL
    private let password: String?
    private let arguments: [String]
    private let process: Mutex<Process?>

    /// Starts a server and returns when it answers.
    ///
    /// - Parameters:
    ///   - password: `requirepass`, also used by ``command(_:)``.
    ///   - arguments: More settings, as `["--maxmemory", "1mb"]`.
    public init(password: String? = nil, tls: TLSFiles? = nil, arguments: [String] = []) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "redis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        self.password = password
        // A port that was free a moment ago can be taken by the time the server binds it: try others.
        for _ in 0..<5 {
            let ports = try (Self.freePort(), tls == nil ? nil : Self.freePort())
            let all = Self.settings(ports.0, ports.1, tls, password, directory) + arguments
            guard let started = try Self.launch(all, port: ports.0, password: password) else { continue }
            (port, tlsPort) = ports
            self.arguments = all
            process = Mutex(started)
            return
        }
        throw Failure.doesNotStart
    }

    deinit {
        end(with: SIGKILL)
        try? FileManager.default.removeItem(at: directory)
    }

    /// `redis://…`, with the password if there is one.
    public var url: String {
        "redis://\(password.map { ":\($0)@" } ?? "")127.0.0.1:\(port)"
    }

    /// SIGTERM, and SIGKILL if that does not help within two seconds.
    public func stop() {
        resume()
        signal(SIGTERM)
        let deadline = Date().addingTimeInterval(2)
        while process.withLock({ $0?.isRunning ?? false }), Date() < deadline { usleep(5_000) }
        end(with: SIGKILL)
    }

    /// SIGKILL; returns when the process is gone.
    public func kill() { end(with: SIGKILL) }

    /// SIGSTOP: connections stay open and nothing answers.
    public func suspend() { signal(SIGSTOP) }

    /// SIGCONT.
    public func resume() { signal(SIGCONT) }

    /// Kills the server if it runs and starts an empty one on the same ports.
    public func restart() throws {
        end(with: SIGKILL)
        guard let started = try Self.launch(arguments, port: port, password: password) else {
            throw Failure.doesNotStart
        }
        process.withLock { $0 = started }
    }

    /// Runs one command over a connection of its own and returns the reply as text: elements of arrays joined by line
    /// feeds, `(nil)` for null.
    @discardableResult
    public func command(_ words: [String]) throws -> String {
        try Self.command(words, port: port, password: password)
    }

    static func command(_ words: [String], port: Int, password: String?) throws -> String {
        try RawRedisConnection(port: port, password: password).run(words)
    }
}

extension RedisServer {
    private func signal(_ number: Int32) {
        process.withLock { process in
            guard let process, process.isRunning else { return }
            _ = Self.send(number, to: process.processIdentifier)
        }
    }

    private func end(with number: Int32) {
        let ending = process.withLock { process in
            defer { process = nil }
            return process
        }
        if let ending { Self.end(ending, with: number) }
    }

    static func end(_ process: Process, with number: Int32) {
        if process.isRunning { _ = send(number, to: process.processIdentifier) }
        process.waitUntilExit()
    }

    /// `kill(2)`, which the method ``kill()`` shadows.
    static func send(_ number: Int32, to pid: pid_t) -> Int32 {
        #if canImport(Glibc)
            Glibc.kill(pid, number)
        #else
            Darwin.kill(pid, number)
        #endif
    }

    private static func settings(
        _ port: Int, _ tlsPort: Int?, _ tls: TLSFiles?, _ password: String?, _ directory: URL
    ) -> [String] {
        var settings = [
            "--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", directory.path(),
            "--enable-debug-command", "local", "--loglevel", "warning", "--logfile", "redis.log",
        ]
        if let password { settings += ["--requirepass", password] }
        if let tlsPort, let tls {
            settings += [
                "--tls-port", "\(tlsPort)", "--tls-cert-file", tls.certificate, "--tls-key-file", tls.key,
                "--tls-ca-cert-file", tls.certificate, "--tls-auth-clients", "no",
            ]
        }
        return settings
    }

    /// nil when the process ends instead of answering.
    static func launch(_ arguments: [String], port: Int, password: String?) throws -> Process? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let guardian = FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")
        process.arguments = (guardian ? ["setpriv", "--pdeathsig", "KILL"] : []) + ["redis-server"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        // The death signal follows the thread that forked: it has to be one that lives as long as the process.
        try MultiThreadedEventLoopGroup.singleton.next().submit { try process.run() }.wait()

        let deadline = Date().addingTimeInterval(10)
        while process.isRunning, Date() < deadline {
            let answer = try? RawRedisConnection(port: port, password: password).run(["INFO", "server"])
            // Another server may own the port; the right one knows its own process.
            if answer?.contains("process_id:\(process.processIdentifier)\r\n") == true { return process }
            usleep(5_000)
        }
        if process.isRunning { _ = send(SIGKILL, to: process.processIdentifier) }
        process.waitUntilExit()
        return nil
    }

    static func freePort() throws -> Int {
        let descriptor = try loopbackSocket()
        defer { close(descriptor) }
        let bound = withLoopbackAddress(port: 0) { bind(descriptor, $0, $1) }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let named = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard bound == 0, named == 0 else { throw Failure.unreachable(errno: errno) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// A blocking connection for one command of a test's control.
private final class RawRedisConnection {
    private let descriptor: Int32
    private var received: [UInt8] = []

    init(port: Int, password: String?) throws {
        descriptor = try loopbackSocket()
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
        guard withLoopbackAddress(port: port, { connect(descriptor, $0, $1) }) == 0 else {
            throw RedisServer.Failure.unreachable(errno: errno)
        }
        if let password { _ = try run(["AUTH", password]) }
    }

    deinit { close(descriptor) }

    func run(_ words: [String]) throws -> String {
        let text = words.reduce("*\(words.count)\r\n") { $0 + "$\($1.utf8.count)\r\n\($1)\r\n" }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw RedisServer.Failure.unreachable(errno: errno) }
            rest = rest.dropFirst(count)
        }
        return try readReply()
    }

    private func readReply() throws -> String {
        let line = try readLine()
        let body = line.dropFirst()
        switch line.first {
        case "+", ":": return String(body)
        case "-": throw RedisServer.Failure.reply(String(body))
        case "$":
            guard let count = Int(body) else { throw RedisServer.Failure.badReply }
            guard count >= 0 else { return "(nil)" }
            while received.count < count + 2 { try receive() }
            defer { received.removeFirst(count + 2) }
            return String(decoding: received[..<count], as: UTF8.self)
        case "*":
            guard let count = Int(body) else { throw RedisServer.Failure.badReply }
            guard count >= 0 else { return "(nil)" }
            var elements: [String] = []
            for _ in 0..<count { elements.append(try readReply()) }
            return elements.joined(separator: "\n")
        default: throw RedisServer.Failure.badReply
        }
    }

    private func readLine() throws -> String {
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: received[..<end].dropLast(), as: UTF8.self)
                received.removeFirst(end + 1)
                return line
            }
            try receive()
        }
    }

    private func receive() throws {
        let chunk = [UInt8](unsafeUninitializedCapacity: 65_536) { bytes, count in
            count = max(0, recv(descriptor, bytes.baseAddress, bytes.count, 0))
        }
        guard !chunk.isEmpty else { throw RedisServer.Failure.unreachable(errno: errno) }
        received += chunk
    }
}

private func loopbackSocket() throws -> Int32 {
    #if canImport(Glibc)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    #else
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    guard descriptor >= 0 else { throw RedisServer.Failure.unreachable(errno: errno) }
    return descriptor
}

private func withLoopbackAddress<Result>(port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}
