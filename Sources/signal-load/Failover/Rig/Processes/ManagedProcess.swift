import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A process of the rig; it does not outlive the harness.
///
/// Safe from any thread: the state is behind a mutex. Where `setpriv` exists the kernel ends the process with the
/// harness, however that ends; everywhere the `ProcessLedger` does.
final class ManagedProcess: ServerProcess {
    let name: String
    let pid: Int32
    private let log: String
    private let end = Mutex<Int32?>(nil)

    /// - Parameters:
    ///   - words: the program first; a name without a slash is looked up in `PATH`.
    ///   - environment: set over that of the harness.
    ///   - log: the file that takes its standard output and error.
    init(_ name: String, _ words: [String], environment: [String: String] = [:], log: String) async throws {
        (self.name, self.log) = (name, log)
        let guardian = "/usr/bin/setpriv"
        let hasGuardian = FileManager.default.isExecutableFile(atPath: guardian)
        let all = (hasGuardian ? [guardian, "--pdeathsig", "KILL"] : []) + words
        let merged = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        // The death signal follows the thread that forked: it has to be one that lives as long as the harness.
        pid = try await MultiThreadedEventLoopGroup.singleton.any()
            .submit { try Self.spawn(all, environment: merged, log: log) }.get()
        ProcessLedger.shared.add(self)
    }

    /// Sends a signal, unless the process has ended.
    func signal(_ number: Int32) {
        guard isRunning else { return }
        kill(pid, number)
    }

    var isRunning: Bool { status == nil }

    /// The wait status, once the process has ended.
    private var status: Int32? {
        end.withLock { end in
            guard end == nil else { return end }
            var status: Int32 = 0
            if waitpid(pid, &status, WNOHANG) == pid { end = status }
            return end
        }
    }

    /// What it answered at its end; nil while it runs, and after a signal.
    var exitStatus: Int32? { status.flatMap { $0 & 0x7F == 0 ? ($0 >> 8) & 0xFF : nil } }

    var ending: String {
        guard let status else { return "still runs" }
        return status & 0x7F == 0 ? "status \((status >> 8) & 0xFF)" : "signal \(status & 0x7F)"
    }

    func lastLines() -> String {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(2).joined(separator: " ") + " (\(log))"
    }

    /// Waits for the end; false when the time is over first.
    func ended(within limit: Duration) async throws -> Bool {
        let deadline = ContinuousClock.now + limit
        while isRunning, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        return !isRunning
    }

    private static func spawn(_ words: [String], environment: [String: String], log: String) throws -> Int32 {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Whatever the harness blocks or ignores, its processes do not; and a Ctrl-C reaches only the harness.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        let ownFlags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&files, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&files, 1, 2)
        let flags = Int32(ownFlags) | (try closeOthers(&files))
        posix_spawnattr_setflags(&attributes, Int16(flags))

        let argv = words.map { strdup($0) } + [nil]
        let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, words[0], &files, &attributes, argv, envp)
        guard code == 0 else {
            throw RigFailure("cannot start \(words.last ?? ""): \(String(cString: strerror(code)))")
        }
        return pid
    }

    /// Keeps every descriptor but the first three from the child, and answers the attribute that this needs.
    ///
    /// A child that held the harness' sockets would keep their ports and hide their ends.
    #if canImport(Glibc)
        private static func closeOthers(_ files: inout posix_spawn_file_actions_t) throws -> Int32 {
            typealias AddCloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
            // In glibc since 2.34, but not in the headers that Swift imports.
            guard let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else {
                throw RigFailure("this C library cannot close descriptors at a spawn: glibc 2.34 or later is needed")
            }
            let code = unsafeBitCast(symbol, to: AddCloseFrom.self)(&files, 3)
            guard code == 0 else {
                throw RigFailure("descriptors cannot be closed: \(String(cString: strerror(code)))")
            }
            return 0
        }
    #else
        private static func closeOthers(_ files: inout posix_spawn_file_actions_t) throws -> Int32 {
            Int32(POSIX_SPAWN_CLOEXEC_DEFAULT)
        }
    #endif
}

/// The rig cannot do what a run needs; a sentence for the operator.
struct RigFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
