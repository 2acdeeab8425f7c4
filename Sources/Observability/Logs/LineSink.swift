import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where finished lines go. One call writes one whole line, so lines of several threads never mix.
///
/// Safe from every thread: a mutex is held while a line is written. A sink that fails (a closed pipe, a full disk) loses
/// the line; logging never stops the node.
public final class LineSink: Sendable {
    private let write: Mutex<@Sendable ([UInt8]) -> Void>

    /// A sink that hands each line, LF included, to `write`.
    public init(_ write: @escaping @Sendable ([UInt8]) -> Void) {
        self.write = Mutex(write)
    }

    /// A sink that writes to an open file descriptor, which it neither owns nor closes.
    public convenience init(descriptor: Int32) {
        self.init { Self.writeAll($0, to: descriptor) }
    }

    /// Standard output: where a container's log is read.
    public static let standardOutput = LineSink(descriptor: 1)
    /// Standard error.
    public static let standardError = LineSink(descriptor: 2)

    /// Writes one line with its LF.
    func append(_ line: [UInt8]) {
        write.withLock { $0(line) }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                #if canImport(Glibc)
                    let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                #elseif canImport(Musl)
                    let count = Musl.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                #else
                    let count = Darwin.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                #endif
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if count == 0 || errno != EINTR {
                    return
                }
            }
        }
    }
}
