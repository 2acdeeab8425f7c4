/// Counts of values in buckets of constant relative width: exact below 256, within 0.4 % above, up to 2^63.
///
/// Buckets are found with shifts only, so that recording costs nanoseconds.
struct Histogram: Sendable, Equatable {
    /// Each octave has 2^7 buckets.
    private static let octaveBits = 7

    private var counts: [UInt64] = []
    private(set) var count: UInt64 = 0
    private(set) var max: UInt64 = 0

    mutating func record(_ value: UInt64) {
        let bucket = Histogram.bucket(of: value)
        if bucket >= counts.count {
            counts.append(contentsOf: repeatElement(0, count: bucket + 1 - counts.count))
        }
        counts[bucket] += 1
        count += 1
        max = Swift.max(max, value)
    }

    mutating func merge(_ other: Histogram) {
        if other.counts.count > counts.count {
            counts.append(contentsOf: repeatElement(0, count: other.counts.count - counts.count))
        }
        for (bucket, added) in other.counts.enumerated() { counts[bucket] += added }
        count += other.count
        max = Swift.max(max, other.max)
    }

    /// The value that `fraction` (0…1) of all values do not exceed, by nearest rank; nil when empty.
    func percentile(_ fraction: Double) -> UInt64? {
        guard count > 0 else { return nil }
        let rank = Swift.max(1, UInt64((fraction * Double(count)).rounded(.up)))
        var seen: UInt64 = 0
        for (bucket, inBucket) in counts.enumerated() {
            seen += inBucket
            if seen >= rank { return Swift.min(max, Histogram.middle(of: bucket)) }
        }
        return max
    }

    private static func bucket(of value: UInt64) -> Int {
        let shift = shift(of: value)
        return shift << octaveBits + Int(value >> UInt64(shift))
    }

    private static func shift(of value: UInt64) -> Int {
        Swift.max(0, (UInt64.bitWidth - 1 - value.leadingZeroBitCount) - octaveBits)
    }

    private static func middle(of bucket: Int) -> UInt64 {
        let shift = Swift.max(0, bucket >> octaveBits - 1)
        let low = UInt64(bucket - shift << octaveBits) << UInt64(shift)
        return low + (1 << UInt64(shift)) / 2
    }
}
