import NIOCore
import SignalDomain
import SignalTransport

/// The header of the PROXY protocol, version 2.
///
/// Promises: no trap; a header as a proxy writes it comes back as its address, and leaves every byte behind it; no part
/// of it is taken for all of it; what is broken stays broken when more bytes come.
struct ProxyFuzz: FuzzTarget {
    private static let mutator = Mutator([
        "\r\n\r\n\u{0}\r\nQUIT\n", "\r\n", "\u{0}", "!", " ", "\u{11}", "\u{21}", "GET",
    ])
    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

    func run(_ random: inout FuzzRandom) throws(Finding) -> Bool {
        let isIPv6 = random.chance(50)
        let address = random.bytes(isIPv6 ? 16 : 4)
        var body = address + random.bytes(isIPv6 ? 20 : 8)
        if random.chance(40) { body += random.bytes(random.below(300)) }
        let length = [UInt8(truncatingIfNeeded: body.count >> 8), UInt8(truncatingIfNeeded: body.count)]
        let header = Self.signature + [0x21, isIPv6 ? 0x21 : 0x11] + length + body
        let behind = random.bytes(random.below(20))
        var bytes = ByteBuffer(bytes: header + behind)
        guard case .complete(let read) = ProxyHeader.read(from: &bytes),
            read.client == ClientAddress(networkBytes: address),
            bytes.readableBytesView.elementsEqual(behind)
        else { throw Finding("a header comes back as its address", header + behind) }
        var part = ByteBuffer(bytes: header.prefix(random.below(header.count)))
        guard ProxyHeader.read(from: &part) == .incomplete else {
            throw Finding("a part of a header is incomplete", part.readableBytesView)
        }
        return try Self.damaged(header + behind, &random)
    }

    private static func damaged(_ whole: [UInt8], _ random: inout FuzzRandom) throws(Finding) -> Bool {
        var input = whole
        mutator.mutate(&input, &random)
        var all = ByteBuffer(bytes: input)
        let reading = ProxyHeader.read(from: &all)
        var front = ByteBuffer(bytes: input.prefix(random.below(input.count + 1)))
        switch (ProxyHeader.read(from: &front), reading) {
        case (.incomplete, _), (.broken, .broken): break
        case (.complete(let early), .complete(let late)) where early == late: break
        default: throw Finding("more bytes do not change what was read", input)
        }
        if case .complete = reading { return true }
        return false
    }
}
