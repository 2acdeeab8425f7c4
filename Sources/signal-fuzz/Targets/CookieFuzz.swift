import SignalDomain

/// Rendezvous cookies.
///
/// Promises: no trap; a cookie comes back as its position in its own room; no other text, room or key is accepted.
struct CookieFuzz: FuzzTarget {
    private static let mutator = Mutator(["A", "-", "_", "=", "+", "/", "AAAA", "\u{0}", "🙂", " "])

    func run(_ random: inout FuzzRandom) throws(Finding) -> Bool {
        let position = RendezvousPosition(
            high: Int64(bitPattern: random.next()), low: random.chance(20) ? .max : Int64(bitPattern: random.next()))
        let names = ["a", "b", "a::b", "b::c", "ü", "{x}"]
        guard let room = try? RoomKey(namespace: random.pick(names), room: random.pick(names)),
            let other = try? RoomKey(namespace: random.pick(names), room: random.pick(names))
        else { return false }
        let key = random.next()
        let cookie = RendezvousCookie.encode(position, room: room) { Self.mac($0, key) }
        guard (try? RendezvousCookie.decode(cookie, room: room) { Self.mac($0, key) }) == position else {
            throw Finding("a cookie comes back as its position", cookie.utf8)
        }
        var bytes = Array(cookie.utf8)
        switch random.below(10) {
        case 0, 1: break
        case 2: bytes = random.bytes(random.below(80))
        default: Self.mutator.mutate(&bytes, &random)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let read = try? RendezvousCookie.decode(text, room: room) { Self.mac($0, key) }
        if text != cookie, read != nil { throw Finding("a changed cookie is refused", bytes) }
        if room != other, (try? RendezvousCookie.decode(cookie, room: other) { Self.mac($0, key) }) != nil {
            throw Finding("a cookie holds for its room only", bytes)
        }
        if (try? RendezvousCookie.decode(cookie, room: room) { Self.mac($0, key &+ 1) }) != nil {
            throw Finding("a cookie holds for its key only", bytes)
        }
        return read != nil
    }

    /// 32 bytes that depend on every byte and the key; the strength of the real MAC is not the question here.
    private static func mac(_ bytes: [UInt8], _ key: UInt64) -> [UInt8] {
        var out: [UInt8] = []
        for lane in UInt64(0)..<4 {
            var hash = bytes.reduce(key &+ lane &* 0x9E37_79B9_7F4A_7C15) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
            hash ^= hash >> 29
            out += (0..<8).map { UInt8(truncatingIfNeeded: hash >> ($0 * 8)) }
        }
        return out
    }
}
