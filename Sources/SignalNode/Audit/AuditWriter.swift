import SignalDomain

/// Writes the lines of the audit log one after the other, and keeps its files in order.
///
/// Confined to the serial queue of `AuditLog`; time is a parameter.
struct AuditWriter {
    /// An entry that waits to be written, with the moment at which it was recorded.
    struct Waiting: Sendable {
        let entry: AuditEntry
        let time: Timestamp
    }

    private let settings: NodeConfiguration.Audit
    private let started: Timestamp
    private var chain: AuditChain
    private var archive: AuditArchive
    /// Nil = standard error.
    private(set) var file: AuditFile?
    /// `ts` of the first line of `file`.
    private var opened = ""

    private static let day: Int64 = 86_400_000
    /// The largest file that is read or rewritten as a whole, in bytes.
    private static let largestFile = 33_554_432

    /// Opens the log at `settings.log`, continues its chain, and says so in its first line.
    init(_ settings: NodeConfiguration.Audit, path: String?, node: String, now: Timestamp) throws(AuditError) {
        self.settings = settings
        started = now
        chain = AuditChain(node: node)
        archive = AuditArchive(path: path ?? "")
        guard let path else {
            try write([], at: now, opening: nil)
            return
        }
        let file = try AuditFile(path: path)
        let unfinished = file.unfinishedBytes
        if unfinished > 0 { try file.cut(to: file.size - unfinished) }
        self.file = file
        let note = unfinished > 0 ? "cut \(unfinished) bytes of an unfinished line" : nil
        if let line = file.lastLine {
            do throws(AuditLine.Fault) {
                chain.continues(try AuditLine(line))
                opened = AuditLine.time(of: file.firstLine) ?? ""
            } catch {
                // What is broken stays as it is, for whoever looks into it; the chain begins anew.
                try replaceFile(now: now, movedTo: path + ".broken-\(now.milliseconds)")
                try write([], at: now, opening: "the file before it ends in a line that was changed")
                return
            }
        } else if let line = archive.last() {
            chain.continues(line)
        }
        if isDue(at: now) { try rotate(now: now) }
        try write([], at: now, opening: note)
    }

    /// The number and the hash of the last line.
    var head: (sequence: UInt64, hash: String) { (chain.sequence, chain.head) }

    /// Writes `entries`, all or none, then says how many others were lost.
    mutating func write(_ entries: [Waiting], lost: Int, now: Timestamp) throws(AuditError) {
        if isDue(at: now) {
            try rotate(now: now)
            try write([], at: now, opening: nil)
        }
        var entries = entries
        if lost > 0 {
            entries.append(.init(entry: .init(.auditLost, by: .node, detail: String(lost)), time: now))
        }
        try write(entries)
    }

    /// Closes a file whose day is over, forgets addresses and deletes old files.
    mutating func upkeep(now: Timestamp) throws(AuditError) {
        if isDue(at: now) { try write([], lost: 0, now: now) }
        guard let file else { return }
        if settings.addressDays > 0 {
            try archive.forgetClients(before: now.minus(days: settings.addressDays))
        }
        // A file holds a day: when its last line is due, its first line is so a day before.
        let cutoff = settings.retentionDays > 0 ? now.minus(days: settings.retentionDays + 1) : nil
        let deleted = archive.expire(before: cutoff, keeping: max(0, settings.maxBytes - file.size))
        try write(deleted.map { .init(entry: .init(.auditExpired, by: .node, target: $0), time: now) })
    }

    private mutating func write(_ entries: [Waiting], at now: Timestamp, opening note: String?) throws(AuditError) {
        let start = "the node started at \(started.iso8601)" + (note.map { "; " + $0 } ?? "")
        if file?.size == 0 { opened = now.iso8601 }
        try write([.init(entry: .init(.auditOpened, by: .node, detail: start), time: now)] + entries)
    }

    private mutating func write(_ entries: [Waiting]) throws(AuditError) {
        guard !entries.isEmpty else { return }
        var next = chain
        var bytes: [UInt8] = []
        for waiting in entries {
            let hasSalt = file != nil && settings.addressDays > 0 && waiting.entry.address != nil
            let salt = hasSalt ? (0..<AuditChain.saltBytes).map { _ in UInt8.random(in: .min ... .max) } : nil
            bytes += next.append(waiting.entry, at: waiting.time, salt: salt)
        }
        if let file { try file.append(bytes) } else { AuditFile.writeToStandardError(bytes) }
        chain = next
    }

    /// Whether the file that grows has had its day or its size.
    private func isDue(at now: Timestamp) -> Bool {
        guard let file, file.size > 0 else { return false }
        return file.size >= min(settings.maxBytes / 8, Self.largestFile) || opened < now.minus(days: 1).iso8601
    }

    private mutating func rotate(now: Timestamp) throws(AuditError) {
        guard let file else { return }
        let first = (try? AuditLine(file.firstLine))?.sequence ?? chain.sequence
        try replaceFile(now: now, movedTo: archive.path(ofFirst: first))
    }

    private mutating func replaceFile(now: Timestamp, movedTo name: String) throws(AuditError) {
        guard let old = file else { return }
        try old.move(to: name)
        file = try AuditFile(path: old.path)
        opened = now.iso8601
    }
}

extension Timestamp {
    fileprivate func minus(days: Int) -> Timestamp {
        Timestamp(milliseconds: milliseconds - Int64(days) * 86_400_000)
    }
}
