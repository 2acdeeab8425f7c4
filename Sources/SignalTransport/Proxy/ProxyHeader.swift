package import NIOCore
package import SignalDomain

/// The header of the PROXY protocol, version 2 (haproxy.org, proxy-protocol.txt §2.2), that a proxy sends before the
/// first byte of its client.
package struct ProxyHeader: Equatable {
    /// Nil for a connection of the proxy itself (LOCAL), or of a family without addresses.
    package let client: ClientAddress?

    package enum Reading: Equatable {
        case complete(ProxyHeader)
        /// Everything so far is right, and there is more to come.
        case incomplete
        case broken
    }

    /// Bytes behind the first 16: addresses, and extensions that nobody reads here.
    static let maxBodyBytes = 4_096

    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

    /// Reads a header off the front of `bytes`, which stay as they are unless it is complete.
    package static func read(from bytes: inout ByteBuffer) -> Reading {
        let start = bytes.readableBytesView.prefix(signature.count)
        guard start.elementsEqual(signature.prefix(start.count)) else { return .broken }
        guard let kind = bytes.getInteger(at: bytes.readerIndex + 12, as: UInt8.self) else { return .incomplete }
        guard kind == 0x20 || kind == 0x21 else { return .broken }
        guard let family = bytes.getInteger(at: bytes.readerIndex + 13, as: UInt8.self),
            let length = bytes.getInteger(at: bytes.readerIndex + 14, as: UInt16.self)
        else { return .incomplete }
        let isLocal = kind == 0x20
        guard length <= maxBodyBytes, isLocal || length >= addressBytes(of: family) else { return .broken }
        guard bytes.readableBytes >= 16 + Int(length), let head = bytes.readSlice(length: 16 + Int(length)) else {
            return .incomplete
        }
        return .complete(ProxyHeader(client: isLocal ? nil : client(in: head, family)))
    }

    /// Source and destination with their ports; the other families have no address that counts here.
    private static func addressBytes(of family: UInt8) -> Int {
        switch family {
        case 0x11, 0x12: 12
        case 0x21, 0x22: 36
        case 0x31, 0x32: 216
        default: 0
        }
    }

    private static func client(in head: ByteBuffer, _ family: UInt8) -> ClientAddress? {
        switch family {
        case 0x11: head.viewBytes(at: head.readerIndex + 16, length: 4).flatMap { ClientAddress(networkBytes: $0) }
        case 0x21: head.viewBytes(at: head.readerIndex + 16, length: 16).flatMap { ClientAddress(networkBytes: $0) }
        default: nil
        }
    }
}
