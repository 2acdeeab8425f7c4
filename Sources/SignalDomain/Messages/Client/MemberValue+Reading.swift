extension MemberValue {
    /// A whole number from 0 up to 2⁵³ − 1, which every client language holds exactly; nil for everything else.
    func counter(in bytes: UnsafeRawBufferPointer) -> UInt64? {
        guard let number = integer(in: bytes), 0..<(1 << 53) ~= number else { return nil }
        return UInt64(number)
    }

    /// Written as `null`, which readers of optional members take as absent.
    func isNull(in bytes: UnsafeRawBufferPointer) -> Bool {
        kind == .other && range.upperBound <= bytes.count && bytes[range].elementsEqual("null".utf8)
    }
}
