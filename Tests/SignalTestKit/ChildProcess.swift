import Foundation
import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A process that a test started, and that does not outlive the test.
///
/// Safe from any thread: the state is behind a mutex. It begins with no blocked signals, whatever the test runner blocks, so
/// that SIGTERM reaches it; it dies with the test process where `setpriv` exists.
public final class ChildProcess: Sendable {
    public struct CannotStart: Error, CustomStringConvertible {
        public let description: String
    }

    public let pid: Int32
    private let end = Mutex<Int32?>(nil)

    /// - Parameters:
    ///   - arguments: the program first; a name without a slash is looked up in `PATH`.
    ///   - environment: the whole environment of the process.
    ///   - output: the file that takes its standard output and error.
    public init(_ arguments: [String], environment: [String: String], output: String = "/dev/null") throws {
        let guardian = FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")
        let words = (guardian ? ["/usr/bin/setpriv", "--pdeathsig", "KILL"] : []) + arguments
        // The death signal follows the thread that forked: it has to be one that lives as long as the test process.
        pid = try MultiThreadedEventLoopGroup.singleton.next()
            .submit { try Self.spawn(words, environment, output) }.wait()
    }

    deinit {
        signal(SIGKILL)
        _ = wait(seconds: 5)
    }

    /// Sends a signal, unless the process has ended.
    public func signal(_ number: Int32) {
        guard status == nil else { return }
        kill(pid, number)
    }

    /// The wait status once the process has ended.
    public var status: Int32? {
        end.withLock { end in
            guard end == nil else { return end }
            var status: Int32 = 0
            if waitpid(pid, &status, WNOHANG) == pid { end = status }
            return end
        }
    }

    /// The exit code, 128 + signal number, or nil while it runs.
    public var exitCode: Int32? {
        status.map { $0 & 0x7F == 0 ? ($0 >> 8) & 0xFF : 128 + ($0 & 0x7F) }
    }

    /// Waits for the end; false when the time is over first.
    public func wait(seconds: Double) -> Bool {
        let deadline = Date().addingTimeInterval(seconds)
        while status == nil, Date() < deadline { usleep(2_000) }
        return status != nil
    }

    private static func spawn(_ words: [String], _ environment: [String: String], _ output: String) throws -> Int32 {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&files, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&files, 1, 2)
        let argv = words.map { strdup($0) } + [nil]
        let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, words[0], &files, &attributes, argv, envp)
        guard code == 0 else {
            throw CannotStart(description: "cannot start \(words[0]): \(String(cString: strerror(code)))")
        }
        return pid
    }
}
