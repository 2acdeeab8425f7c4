extension ScannedMessage {
    /// A copy of the message that the server may end with a member of its own: every member but those of this name, each
    /// with a comma behind it, and no closing brace.
    ///
    /// - Parameter bytes: exactly those that were scanned.
    func opened(in bytes: UnsafeRawBufferPointer, without name: String) -> [UInt8] {
        var out: [UInt8] = [UInt8(ascii: "{")]
        out.reserveCapacity(bytes.count + 64)
        for member in ObjectMembers(bytes, at: start) where member.name != name {
            JSONText.append(member.name, to: &out)
            out.append(UInt8(ascii: ":"))
            out += bytes[member.value.range]
            out.append(UInt8(ascii: ","))
        }
        return out
    }
}
