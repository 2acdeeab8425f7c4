/// Damages an input the way attackers do: at its bytes, and at its parts.
struct Mutator {
    /// Bytes and words that mean something to the reader.
    let dictionary: [[UInt8]]

    init(_ dictionary: [String]) { self.dictionary = dictionary.map { Array($0.utf8) } }

    func mutate(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
        for _ in 0..<(1 + random.below(4)) {
            guard !bytes.isEmpty else {
                bytes = random.pick(dictionary)
                return
            }
            let at = random.below(bytes.count)
            let end = at + random.below(min(64, bytes.count - at + 1))
            switch random.below(9) {
            case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes[at] ^= 1 << UInt8(random.below(8))
            case 2: bytes.removeSubrange(at..<end)
            case 3: bytes.removeSubrange(at...)
            case 4: bytes.insert(contentsOf: random.pick(dictionary), at: at)
            case 5: bytes.replaceSubrange(at..<end, with: random.pick(dictionary))
            // A part once more, elsewhere or many times.
            case 6: bytes.insert(contentsOf: Array(bytes[at..<end]), at: random.below(bytes.count))
            case 7:
                let part = Array(bytes[at..<end])
                for _ in 0..<random.below(40) { bytes.insert(contentsOf: part, at: at) }
            default: bytes[at] = random.pick([0x00, 0x0A, 0x0D, 0x22, 0x5C, 0x7F, 0x80, 0xC0, 0xED, 0xF4, 0xFF])
            }
        }
    }
}
