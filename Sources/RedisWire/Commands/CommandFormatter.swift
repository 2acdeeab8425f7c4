import CHiredis
import NIOCore

/// Formats commands with hiredis and appends them to an output buffer.
///
/// Its scratch space is reused from command to command; confined to the handler that owns it.
struct CommandFormatter {
    private var words = ByteBuffer()
    private var lengths: [Int] = []

    /// False when hiredis cannot format the command (no memory); the output is unchanged then.
    mutating func append(_ command: RedisCommand, to output: inout ByteBuffer) -> Bool {
        words.clear()
        lengths.removeAll(keepingCapacity: true)
        lengths.append(words.writeString(command.name))
        for argument in command.arguments {
            lengths.append(words.write(argument))
        }
        return words.withUnsafeReadableBytes { raw in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: lengths.count) { starts in
                var next = raw.baseAddress?.assumingMemoryBound(to: CChar.self)
                for (index, length) in lengths.enumerated() {
                    starts.initializeElement(at: index, to: next)
                    next = next.map { $0 + length }
                }
                return Self.format(starts, lengths, into: &output)
            }
        }
    }

    private static func format(
        _ starts: UnsafeMutableBufferPointer<UnsafePointer<CChar>?>, _ lengths: [Int], into output: inout ByteBuffer
    ) -> Bool {
        var text: UnsafeMutablePointer<CChar>?
        let count = Int(redisFormatCommandArgv(&text, Int32(lengths.count), starts.baseAddress, lengths))
        guard let text, count >= 0 else { return false }
        defer { redisFreeCommand(text) }
        output.writeBytes(UnsafeRawBufferPointer(start: text, count: count))
        return true
    }
}

extension ByteBuffer {
    /// Appends the bytes of an argument and says how many they are.
    fileprivate mutating func write(_ argument: RedisArgument) -> Int {
        switch argument {
        case .bytes(let buffer): writeImmutableBuffer(buffer)
        case .string(let text): writeString(text)
        case .integer(let number): writeString(String(number))
        }
    }
}
