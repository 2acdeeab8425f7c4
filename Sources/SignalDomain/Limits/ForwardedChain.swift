/// Finds the client behind proxies from `X-Forwarded-For`, believing only the operator's own proxies.
///
/// Each proxy appends the address it saw, so the walk goes from the right: as long as the current address is trusted,
/// its left neighbour is what it saw. What a client wrote itself stands left of the first untrusted hop and is never
/// reached.
public enum ForwardedChain {
    /// Hops that are followed.
    public static let maxHops = 16
    /// Bytes that are read, from the right.
    public static let maxBytes = 1024

    /// - Parameters:
    ///   - socket: the address of the TCP peer; the answer when it is not trusted.
    ///   - forwardedFor: the header lines in the order of the request.
    ///   - trusted: the operator's proxies.
    /// - Returns: the rightmost untrusted address; the last good one when the walk meets text that is no address or
    ///   one of the bounds; the leftmost when all are trusted.
    public static func client(socket: ClientAddress, forwardedFor: [String], trusted: [CIDR]) -> ClientAddress {
        var current = socket
        var hops = 0
        var bytesRead = 0
        for line in forwardedFor.reversed() {
            var rest = line.utf8[...]
            var isLineOver = false
            while !isLineOver {
                guard hops < maxHops, trusted.contains(where: { $0.contains(current) }) else { return current }
                let window = rest.suffix(maxBytes - bytesRead)
                let comma = window.lastIndex(of: UInt8(ascii: ","))
                guard comma != nil || window.count == rest.count else { return current }
                let element = comma.map { window[window.index(after: $0)...] } ?? window
                guard let address = ClientAddress(trimmed(Substring(element))) else { return current }
                current = address
                hops += 1
                bytesRead = min(maxBytes, bytesRead + element.count + 1)
                isLineOver = comma == nil
                rest = comma.map { rest[..<$0] } ?? rest[..<rest.startIndex]
            }
        }
        return current
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        guard let first = text.firstIndex(where: { !isBlank($0) }), let last = text.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return text[first...last]
    }
}
