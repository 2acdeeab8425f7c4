import Foundation
import SignalTestKit

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A headless Chromium with a profile of its own, for one test.
///
/// Safe from any thread. It ends with this object, and with the test process.
final class Browser: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let port: Int
    private let process: ChildProcess
    private let profile: URL

    private init(process: ChildProcess, profile: URL, port: Int) {
        self.process = process
        self.profile = profile
        self.port = port
    }

    deinit {
        // Asked politely it takes its own children along.
        process.signal(SIGTERM)
        if !process.wait(seconds: 10) { process.signal(SIGKILL) }
        // Its children may still write for a moment.
        for _ in 0..<40 where FileManager.default.fileExists(atPath: profile.path()) {
            try? FileManager.default.removeItem(at: profile)
            usleep(50_000)
        }
    }

    /// Starts Chromium and returns when it can be driven.
    ///
    /// - Throws: `Failure` with what it said, also when there is no Chromium: `infra/deps chromium` installs it.
    static func start() async throws -> Browser {
        // Chromium makes a socket in TMPDIR, whose whole path has to be shorter than 108 bytes.
        let name = "browser-" + String(UInt32.random(in: 0...UInt32.max), radix: 36)
        let profile = FileManager.default.temporaryDirectory.appending(path: name)
        try FileManager.default.createDirectory(at: profile, withIntermediateDirectories: true)
        let output = profile.appending(path: "output.log")
        let environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
            "HOME": profile.path(), "TMPDIR": profile.path(), "LANG": "C.UTF-8",
        ]
        let process = try ChildProcess(
            [program] + flags + ["--user-data-dir=\(profile.path())", "about:blank"], environment: environment,
            output: output.path())
        let deadline = ContinuousClock.now + .seconds(60)
        // Chromium writes the port and the path of its socket, one a line.
        let place = profile.appending(path: "DevToolsActivePort")
        while ContinuousClock.now < deadline, process.status == nil {
            if let lines = try? String(contentsOf: place, encoding: .utf8).split(separator: "\n"), lines.count == 2,
                let port = Int(lines[0])
            {
                return Browser(process: process, profile: profile, port: port)
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        let said = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
        throw Failure(description: "\(program) does not start: \(said.suffix(2_000))")
    }

    /// Opens a page in a tab of its own and waits until it is loaded.
    func page(_ url: String) async throws -> Page {
        let answer = try await TestHTTP.request("PUT", "/json/new?about:blank", port: port, timeout: .seconds(30))
        guard let id = TestMessage(text: answer.body)["id"] else {
            throw Failure(description: "no new tab: \(answer.status) \(answer.body)")
        }
        let page = try await Page(id: id, port: port)
        try await page.go(to: url)
        return page
    }

    /// The first of these that is there; else the name that the error shows.
    private static let program: String = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin").split(separator: ":")
        let names = ["chromium", "chromium-browser", "google-chrome"]
        return names.first { name in
            folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
        } ?? names[0]
    }()

    /// Tests run as root in containers, where Chromium's sandbox cannot be had; they load pages of their own node only.
    /// Peers on one machine find each other by plain loopback candidates.
    private static let flags = [
        "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--remote-debugging-port=0",
        "--no-first-run", "--disable-extensions", "--disable-sync", "--disable-background-networking",
        "--disable-component-update", "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
        "--disable-backgrounding-occluded-windows", "--disable-features=WebRtcHideLocalIpsWithMdns",
        "--allow-loopback-in-peer-connection", "--mute-audio", "--disable-breakpad",
    ]
}
