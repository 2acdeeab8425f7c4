import SignalDomain

/// The entry of libFuzzer: the promises of `ScannerFuzz` and `HelloFuzz`, and that no text traps which names addresses,
/// for inputs that coverage guides.
@_cdecl("LLVMFuzzerTestOneInput")
public func guided(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    do throws(Finding) {
        for serverOwnsSequence in [false, true] {
            _ = try ScannerFuzz.check(input, serverOwnsSequence: serverOwnsSequence, sourceSession: nil)
        }
        _ = try HelloFuzz.check(input)
    } catch {
        fatalError(error.promise)
    }
    readAddresses(String(decoding: input, as: UTF8.self))
    return 0
}

/// Headers of proxies, block rules and network tables.
private func readAddresses(_ text: String) {
    let proxy = ClientAddress(ipv4: 0x0A00_0001)
    for header in ForwardedHeader.allCases {
        let trusted = CIDR(proxy, prefixBits: 8).map { [$0] } ?? []
        _ = ForwardedChain.client(socket: proxy, forwardedFor: header.hops([text]), trusted: trusted)
    }
    _ = (try? BlockRules(parsing: text))?.blocks(proxy, network: 1, at: Timestamp(milliseconds: 0))
    _ = (try? NetworkTable(parsing: Array(text.utf8)))?.network(of: proxy)
}
