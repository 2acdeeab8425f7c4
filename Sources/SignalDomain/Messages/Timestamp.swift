/// A moment in milliseconds since 1970 UTC.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The length of every `iso8601` text.
    public static let iso8601ByteCount = 24

    public let milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    public static func < (one: Timestamp, other: Timestamp) -> Bool { one.milliseconds < other.milliseconds }

    /// `2026-11-23T04:05:06.789Z`: milliseconds and `Z` always present, as `Date.toISOString` writes it.
    public var iso8601: String {
        String(unsafeUninitializedCapacity: Self.iso8601ByteCount) {
            writeISO8601(into: UnsafeMutableRawBufferPointer($0))
        }
    }

    public var description: String { iso8601 }

    /// Writes the 24 bytes of `iso8601` at the start of `out` and answers 24; a shorter `out` gets nothing, and 0.
    ///
    /// Moments before year 0 and after year 9999 are written as the nearest one that four digits can show.
    @discardableResult
    public func writeISO8601(into out: UnsafeMutableRawBufferPointer) -> Int {
        guard out.count >= Self.iso8601ByteCount, let base = out.baseAddress else { return 0 }
        let inRange = min(max(milliseconds, -62_167_219_200_000), 253_402_300_799_999)
        let day = Self.floorDivide(inRange, by: 86_400_000)
        let ofDay = UInt32(truncatingIfNeeded: inRange - day * 86_400_000)
        let date = Self.civil(day: day)
        let seconds = ofDay / 1000
        let millis = ofDay % 1000

        let text = base.assumingMemoryBound(to: UInt8.self)
        Self.pair(date.year / 100, text)
        Self.pair(date.year % 100, text + 2)
        text[4] = UInt8(ascii: "-")
        Self.pair(date.month, text + 5)
        text[7] = UInt8(ascii: "-")
        Self.pair(date.day, text + 8)
        text[10] = UInt8(ascii: "T")
        Self.pair(seconds / 3600, text + 11)
        text[13] = UInt8(ascii: ":")
        Self.pair(seconds / 60 % 60, text + 14)
        text[16] = UInt8(ascii: ":")
        Self.pair(seconds % 60, text + 17)
        text[19] = UInt8(ascii: ".")
        text[20] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: millis / 100)
        Self.pair(millis % 100, text + 21)
        text[23] = UInt8(ascii: "Z")
        return Self.iso8601ByteCount
    }

    /// The proleptic Gregorian date of a day counted from 1970-01-01, in eras of 400 years that begin on 1 March.
    private static func civil(day: Int64) -> (year: UInt32, month: UInt32, day: UInt32) {
        let shifted = day + 719_468
        let era = floorDivide(shifted, by: 146_097)
        let ofEra = UInt32(truncatingIfNeeded: shifted - era * 146_097)
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * ofYear + 2) / 153
        let dayOfMonth = ofYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = Int64(yearOfEra) + era * 400 + (month <= 2 ? 1 : 0)
        return (UInt32(truncatingIfNeeded: year), month, dayOfMonth)
    }

    @inline(__always)
    private static func floorDivide(_ value: Int64, by divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    @inline(__always)
    private static func pair(_ value: UInt32, _ out: UnsafeMutablePointer<UInt8>) {
        out[0] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / 10)
        out[1] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value % 10)
    }
}
