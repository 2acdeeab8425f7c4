import SignalDomain

/// The entry of libFuzzer: the promises of `ScannerFuzz` and `HelloFuzz` for inputs that coverage guides.
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
    return 0
}
