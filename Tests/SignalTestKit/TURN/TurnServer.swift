import Foundation

/// A real coturn on a free loopback port, with the configuration that this project ships.
public final class TurnServer: Sendable {
    public struct DoesNotStart: Error, CustomStringConvertible {
        public let description: String
    }

    public let port: Int
    private let directory: URL
    private let process: ChildProcess

    /// Starts a server and returns when it answers.
    ///
    /// - Parameters:
    ///   - secrets: accepted `static-auth-secret`s.
    ///   - configuration: the text of the configuration; ports, addresses and secrets of it are replaced.
    public init(secrets: [String], configuration: String) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "turn-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        port = try RedisServer.freePort()
        let settings = [
            ("listening-port", "\(port)"), ("tls-listening-port", "\(try RedisServer.freePort())"),
            ("listening-ip", "127.0.0.1"), ("relay-ip", "127.0.0.1"),
            ("pidfile", directory.appending(path: "pid").path()), ("userdb", directory.appending(path: "db").path()),
        ]
        let replaced = settings.map(\.0) + ["static-auth-secret"]
        let kept = configuration.split(separator: "\n").filter { line in
            !replaced.contains { line.hasPrefix("\($0)=") }
        }
        let lines =
            kept.map(String.init) + settings.map { "\($0.0)=\($0.1)" } + secrets.map { "static-auth-secret=\($0)" }
        let file = directory.appending(path: "turnserver.conf")
        let log = directory.appending(path: "log")
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
        process = try ChildProcess(
            ["turnserver", "-c", file.path()], environment: ["PATH": "/usr/bin:/bin:/usr/local/bin:/opt/homebrew/bin"],
            output: log.path())
        let deadline = Date().addingTimeInterval(10)
        while Date() < deadline {
            // Anybody is answered with a challenge, wrong credentials with a refusal: the server is there.
            let stranger = try TurnClient(port: port, username: "0:nobody", password: "none")
            do { _ = try stranger.allocate() } catch TurnClient.Failure.refused(401) { return } catch {}
            guard process.status == nil else { break }
        }
        let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        throw DoesNotStart(description: "turnserver does not start: \(text.suffix(2_000))")
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// What the server has logged so far.
    public var log: String {
        (try? String(contentsOf: directory.appending(path: "log"), encoding: .utf8)) ?? ""
    }
}
