/// What a top-level member name means to the server.
enum MemberName {
    case type
    case to
    case id
    /// One that only the server may set: `sourcePeerId`, `namespace`, `room`, `receivedAt`.
    case serverOwned
    /// One that only the server may set where it numbers signals, in dialect 2: `seq`, `sourceSession`.
    case sequence
    case other

    /// Tells a name by its bytes after unescaping, so `"t\u006fo"` hides nothing.
    @inline(__always)
    init(_ name: UnsafeBufferPointer<UInt8>, isEscaped: Bool) {
        self = isEscaped ? Self.unescaping(name) : Self.plain(name)
    }

    @inline(__always)
    private static func plain(_ name: UnsafeBufferPointer<UInt8>) -> MemberName {
        switch name.count {
        case 2: name.isEqual(to: "to") ? .to : name.isEqual(to: "id") ? .id : .other
        case 3: name.isEqual(to: "seq") ? .sequence : .other
        case 4: name.isEqual(to: "type") ? .type : name.isEqual(to: "room") ? .serverOwned : .other
        case 9: name.isEqual(to: "namespace") ? .serverOwned : .other
        case 10: name.isEqual(to: "receivedAt") ? .serverOwned : .other
        case 12: name.isEqual(to: "sourcePeerId") ? .serverOwned : .other
        case 13: name.isEqual(to: "sourceSession") ? .sequence : .other
        default: .other
        }
    }

    private static func unescaping(_ name: UnsafeBufferPointer<UInt8>) -> MemberName {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: name.count) { out in
            let count = JSONText.unescape(UnsafeRawBufferPointer(name), into: out)
            return plain(UnsafeBufferPointer(rebasing: out[..<count]))
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Byte equality with a constant.
    @inline(__always)
    func isEqual(to text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index] != text.utf8Start[index] { return false }
        return true
    }
}
