/// Gives a stamped message the number that it has on one connection: the final `}` becomes `,"seq":N}`.
///
/// The number differs per connection, so it is not part of the payload that inboxes and other nodes hold.
public enum SequencedText {
    /// The length of `write`'s result for a payload of `payload` bytes.
    public static func byteCount(payload: Int, seq: UInt64) -> Int {
        payload - 1 + suffixByteCount(seq)
    }

    /// The length of `,"seq":N}`, for a writer that shares the payload without its last byte.
    public static func suffixByteCount(_ seq: UInt64) -> Int {
        name.utf8CodeUnitCount + digitCount(seq) + 1
    }

    /// Writes `payload` with its number.
    ///
    /// - Parameters:
    ///   - payload: a JSON object with at least one member and nothing behind its closing brace.
    ///   - out: at least `byteCount(payload:seq:)` bytes; a shorter one gets nothing.
    /// - Returns: the number of bytes written; 0 also for a payload that is no such object, for it may come from outside.
    public static func write(
        payload: UnsafeRawBufferPointer, seq: UInt64, into out: UnsafeMutableRawBufferPointer
    ) -> Int {
        guard payload.count > 2, payload.last == UInt8(ascii: "}"),
            out.count >= byteCount(payload: payload.count, seq: seq)
        else { return 0 }
        let kept = payload.count - 1
        out.copyMemory(from: UnsafeRawBufferPointer(rebasing: payload[..<kept]))
        return kept + writeSuffix(seq, into: UnsafeMutableRawBufferPointer(rebasing: out[kept...]))
    }

    /// Writes `,"seq":N}` at the start of `out` and answers its length; a shorter `out` gets nothing, and 0.
    public static func writeSuffix(_ seq: UInt64, into out: UnsafeMutableRawBufferPointer) -> Int {
        let count = suffixByteCount(seq)
        guard out.count >= count else { return 0 }
        out.copyMemory(from: UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        out[count - 1] = UInt8(ascii: "}")
        var rest = seq
        for index in stride(from: count - 2, through: name.utf8CodeUnitCount, by: -1) {
            out[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        return count
    }

    private static let name: StaticString = ",\"seq\":"

    private static func digitCount(_ number: UInt64) -> Int {
        var count = 1
        var rest = number / 10
        while rest > 0 {
            count += 1
            rest /= 10
        }
        return count
    }
}
