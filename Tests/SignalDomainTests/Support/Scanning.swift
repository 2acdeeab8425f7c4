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

func stamp(
    _ bytes: [UInt8], with stamp: Stamp, at now: Timestamp, limits: ScanLimits = ScanLimits()
) throws -> (bytes: [UInt8], foretold: Int) {
    let message = try scan(bytes, limits: limits)
    let foretold = stamp.byteCount(message)
    let out = [UInt8](unsafeUninitializedCapacity: foretold) { buffer, count in
        count = bytes.withUnsafeBytes {
            stamp.write(message, from: $0, receivedAt: now, into: UnsafeMutableRawBufferPointer(buffer))
        }
    }
    return (out, foretold)
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

extension ScanLimits {
    /// The limits of a message in a dialect.
    init(_ dialect: Dialect) {
        self.init()
        serverOwnsSequence = dialect == .two
    }
}

/// Scans a message of dialect 2 and reads it.
func reading<Value>(
    _ bytes: [UInt8], as read: (ScannedMessage, UnsafeRawBufferPointer) throws -> Value
) throws -> Value {
    let message = try scan(bytes, limits: ScanLimits(.two))
    return try bytes.withUnsafeBytes { try read(message, $0) }
}

func hello(_ text: String) throws -> Hello { try reading(Array(text.utf8)) { try Hello($0, in: $1) } }

func command(_ text: String, maxMetadataBytes: Int = 2_048) throws -> ClientCommand? {
    try reading(Array(text.utf8)) { try ClientCommand($0, in: $1, maxMetadataBytes: maxMetadataBytes) }
}

func target(
    _ text: String, from sender: String = "me", limits: SignalTarget.Limits = SignalTarget.Limits()
) throws -> SignalTarget {
    try reading(Array(text.utf8)) { try SignalTarget($0, in: $1, from: PeerID(sender), limits: limits) }
}
