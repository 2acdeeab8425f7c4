#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads a file line by line, a part at a time, so that a file of any size fits into memory.
struct LineReader: ~Copyable {
    private let path: String
    private let descriptor: Int32
    private var buffer: ArraySlice<UInt8> = []

    /// The bytes that are read at once.
    private static let partBytes = 262_144

    struct Unreadable: Error {}

    init(path: String) throws(Unreadable) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Unreadable() }
    }

    deinit { close(descriptor) }

    /// The next line without its LF; nil at the end, where the rest of an unfinished line waits for its LF.
    mutating func next() -> ArraySlice<UInt8>? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                defer { buffer = buffer[(end + 1)...] }
                return buffer[..<end]
            }
            let part = [UInt8](unsafeUninitializedCapacity: Self.partBytes) { bytes, count in
                count = max(0, read(descriptor, bytes.baseAddress, bytes.count))
            }
            if part.isEmpty { return nil }
            buffer = Array(buffer)[...] + part
        }
    }

    /// What stands behind the last LF.
    var unfinished: ArraySlice<UInt8> { buffer }

    /// Whether another file has the path now.
    var isReplaced: Bool {
        var mine = stat()
        var now = stat()
        guard fstat(descriptor, &mine) == 0, stat(path, &now) == 0 else { return false }
        return mine.st_ino != now.st_ino
    }
}
