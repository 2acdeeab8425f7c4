import Foundation

/// Bytes that end where readable memory ends: a read of one byte more stops the process.
final class GuardedBytes {
    let bytes: UnsafeRawBufferPointer
    private let memory: UnsafeMutableRawPointer
    private let length: Int

    init(_ content: some Collection<UInt8>) throws {
        let page = Int(getpagesize())
        let readable = (content.count / page + 1) * page
        length = readable + page
        guard let memory = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0),
            memory != MAP_FAILED
        else { throw POSIXError(.ENOMEM) }
        self.memory = memory
        let start = memory + (readable - content.count)
        UnsafeMutableRawBufferPointer(start: start, count: content.count).copyBytes(from: content)
        bytes = UnsafeRawBufferPointer(start: start, count: content.count)
        guard mprotect(memory + readable, page, PROT_NONE) == 0 else { throw POSIXError(.EACCES) }
    }

    deinit { munmap(memory, length) }
}
