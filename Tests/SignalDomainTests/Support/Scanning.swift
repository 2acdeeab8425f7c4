import SignalDomain

func scan(_ bytes: [UInt8], limits: ScanLimits = ScanLimits()) throws(ScanError) -> ScannedMessage {
    let outcome = bytes.withUnsafeBytes { buffer in
        Result { () throws(ScanError) in try MessageScanner.scan(buffer, limits: limits) }
    }
    return try outcome.get()
}

func scan(_ text: String, limits: ScanLimits = ScanLimits()) throws(ScanError) -> ScannedMessage {
    try scan(Array(text.utf8), limits: limits)
}

/// The error of a scan, or nil when it accepts.
func fault(_ text: String, limits: ScanLimits = ScanLimits()) -> ScanError? {
    do throws(ScanError) {
        _ = try scan(text, limits: limits)
        return nil
    } catch {
        return error
    }
}

func stamp(_ bytes: [UInt8], with stamp: Stamp, at now: Timestamp) throws -> (bytes: [UInt8], foretold: Int) {
    let message = try scan(bytes)
    let foretold = stamp.byteCount(message)
    let out = [UInt8](unsafeUninitializedCapacity: foretold) { buffer, count in
        count = bytes.withUnsafeBytes {
            stamp.write(message, from: $0, receivedAt: now, into: UnsafeMutableRawBufferPointer(buffer))
        }
    }
    return (out, foretold)
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
