#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reads a file line by line, a part at a time, so that a file of any size fits into memory.
struct LineReader: ~Copyable {
    private let path: String
    private let descriptor: Int32
    /// Names the file behind the path as it was when this reader began.
    private let file: String?
    private var buffer: ArraySlice<UInt8> = []

    /// The bytes that are read at once.
    private static let partBytes = 262_144

    struct Unreadable: Error {}

    init(path: String) throws(Unreadable) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        file = Self.file(at: path)
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
        guard let now = Self.file(at: path) else { return false }
        return now != file
    }

    private static func file(at path: String) -> String? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.systemFileNumber].map { "\($0)" }
    }
}
