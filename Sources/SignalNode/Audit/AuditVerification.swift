/// Reads an audit log again and finds the first line that its chain does not vouch for.
///
/// A chain without a key shows that lines were changed, added, moved or taken out in the middle. Whoever can write the
/// whole file can write another chain: keep the `head` of `audit.closed` lines, or the lines themselves, elsewhere too.
public struct AuditVerification: Sendable {
    /// The first line that is wrong.
    public struct Break: Hashable, Sendable {
        /// Which line of the file, from 1.
        public let line: Int
        /// What is wrong with it, in words.
        public let reason: String
    }

    /// The lines that were read so far.
    public private(set) var lines = 0
    /// The number of the first line that is here; older ones may have been deleted by retention.
    public private(set) var firstSequence: UInt64?
    public private(set) var lastSequence: UInt64?
    /// The hash of the last line.
    public private(set) var head: String?

    public init() {}

    /// Takes the next line, without its LF.
    ///
    /// - Returns: what is wrong with it; nothing after it can be trusted.
    public mutating func take(_ bytes: ArraySlice<UInt8>) -> Break? {
        lines += 1
        let line: AuditLine
        do throws(AuditLine.Fault) {
            line = try AuditLine(bytes)
        } catch {
            return Break(line: lines, reason: error.sentence)
        }
        if let head, let lastSequence {
            guard line.previous == head else {
                return Break(
                    line: lines,
                    reason: "it continues another line than the one before it (seq \(line.sequence) after "
                        + "\(lastSequence)): lines were taken out, moved or put in here")
            }
            guard line.sequence == lastSequence &+ 1 else {
                return Break(line: lines, reason: "its number \(line.sequence) does not follow \(lastSequence)")
            }
        } else {
            firstSequence = line.sequence
        }
        lastSequence = line.sequence
        head = line.hash
        return nil
    }
}

extension AuditLine.Fault {
    fileprivate var sentence: String {
        switch self {
        case .unreadable: "it is no line of an audit log, or it was cut"
        case .changed: "its text was changed: it does not have the hash that it names"
        case .address: "its address was changed: it is not the one that was sealed"
        }
    }
}
