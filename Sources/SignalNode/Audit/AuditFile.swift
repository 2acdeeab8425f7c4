import SignalDomain

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The file that the audit log grows: opened for appending, readable by its owner alone, locked against other processes.
///
/// Confined to the writer of the log.
final class AuditFile {
    let path: String
    /// The size in bytes.
    private(set) var size = 0
    /// Brings what was written to the disk, as `fsync` does.
    var sync: (Int32) -> Int32 = { fsync($0) }
    private let descriptor: Int32
    /// Whether bytes of a failed append may stand behind `size`.
    private var isTorn = false

    /// Opens or creates the file, and takes its lock.
    init(path: String) throws(AuditError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("open", path, errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            throw code == EWOULDBLOCK ? .inUse(path) : .system("lock", path, code)
        }
        size = Int(lseek(descriptor, 0, SEEK_END))
    }

    /// Opens a file that nobody grows any more, for reading only and without a lock.
    init(readingClosed path: String) throws(AuditError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("open", path, errno) }
        size = Int(lseek(descriptor, 0, SEEK_END))
    }

    deinit { close(descriptor) }

    /// Appends all of `bytes` and brings them to the disk, or nothing: half a line would break the chain.
    func append(_ bytes: [UInt8]) throws(AuditError) {
        if isTorn { try cut(to: size) }
        isTorn = true
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
            }
            if count > 0 {
                written += count
            } else if count == 0 || errno != EINTR {
                try takeBack("write")
            }
        }
        guard sync(descriptor) == 0 else { try takeBack("sync") }
        size += written
        isTorn = false
    }

    /// What did not reach the disk must not stand in the file: the next line has the same number. If it cannot be cut off
    /// now, it is before the next append.
    private func takeBack(_ call: String) throws(AuditError) -> Never {
        let code = errno
        isTorn = ftruncate(descriptor, off_t(size)) != 0
        throw .system(call, path, code)
    }

    /// Cuts the file to its first `length` bytes.
    func cut(to length: Int) throws(AuditError) {
        guard ftruncate(descriptor, off_t(length)) == 0 else { throw .system("cut", path, errno) }
        size = length
        isTorn = false
    }

    /// Puts `bytes` in the place of the file at `path`; a crash leaves the one or the other.
    static func replace(_ path: String, with bytes: [UInt8]) throws(AuditError) {
        let new = try AuditFile(path: path + ".new")
        try new.cut(to: 0)
        try new.append(bytes)
        guard rename(new.path, path) == 0 else { throw .system("replace", path, errno) }
    }

    /// Gives the file another name; the lock stays with it.
    func move(to name: String) throws(AuditError) {
        guard rename(path, name) == 0 else { throw .system("rename", path, errno) }
    }

    /// No line is longer, in bytes: nine texts of at most 256 bytes, six bytes per escape.
    private static let longestLine = 65_536

    /// The first line, without LF.
    var firstLine: ArraySlice<UInt8> {
        read(at: 0, count: Self.longestLine).prefix { $0 != UInt8(ascii: "\n") }
    }

    /// The last line, without LF; nil when the file ends in the middle of one.
    var lastLine: ArraySlice<UInt8>? {
        let tail = read(at: max(0, size - Self.longestLine), count: Self.longestLine)
        guard tail.last == UInt8(ascii: "\n") else { return nil }
        return tail.split(separator: UInt8(ascii: "\n")).last
    }

    /// The bytes behind the last LF: a line that a crash left unfinished.
    var unfinishedBytes: Int {
        let tail = read(at: max(0, size - Self.longestLine), count: Self.longestLine)
        return tail.reversed().prefix { $0 != UInt8(ascii: "\n") }.count
    }

    /// Writes to the standard error of the process; what it does not take is gone.
    static func writeToStandardError(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    }

    /// The bytes at `offset`, at most `count`.
    func read(at offset: Int, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, pread(descriptor, buffer.baseAddress, count, off_t(offset)))
        }
    }
}

/// Why the audit log cannot be written; the description is a sentence for the operator.
public enum AuditError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Another process writes the file.
    case inUse(String)
    /// A system call failed: what was tried, the path, `errno`.
    case system(String, String, Int32)

    public var description: String {
        switch self {
        case .inUse(let path):
            "AUDIT_LOG: another process writes \(path); every node needs a file of its own."
        case .system(let call, let path, let code):
            "AUDIT_LOG: cannot \(call) \(path): \(String(cString: strerror(code)))."
        }
    }
}
