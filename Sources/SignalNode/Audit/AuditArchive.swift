import SignalDomain

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The closed files of an audit log: `FILE.<number of their first line>`, next to the file that grows.
///
/// Confined to its owner. What cannot be read or deleted stays, and is tried again at the next upkeep.
struct AuditArchive {
    let path: String
    /// Files whose addresses this process has forgotten already.
    private var withoutClients: Set<String> = []

    /// A closed file.
    struct Segment: Equatable {
        let path: String
        let bytes: Int
    }

    /// The digits of the number in a name: names order as the numbers do.
    private static let digits = 16

    init(path: String) { self.path = path }

    /// The name of a file whose first line has this number.
    func path(ofFirst sequence: UInt64) -> String {
        let number = String(sequence)
        return "\(path).\(String(repeating: "0", count: max(0, Self.digits - number.count)))\(number)"
    }

    /// The closed files, oldest first.
    func segments() -> [Segment] {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        let prefix = URL(filePath: path).lastPathComponent + "."
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().compactMap { name in
            let number = name.dropFirst(prefix.count)
            guard name.hasPrefix(prefix), number.count >= Self.digits, number.allSatisfy(\.isNumber) else { return nil }
            let path = folder + "/" + name
            let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            return Segment(path: path, bytes: size.flatMap { $0 } ?? 0)
        }
    }

    /// Deletes the files that began before `cutoff` (nil: none for their age), and the oldest ones while all together
    /// are over `bytes`.
    ///
    /// - Returns: the names of what was deleted.
    func expire(before cutoff: Timestamp?, keeping bytes: Int) -> [String] {
        let segments = segments()
        var total = segments.reduce(0) { $0 + $1.bytes }
        var deleted: [String] = []
        for segment in segments {
            let isOld = cutoff.map { (beginning(of: segment) ?? $0.iso8601) < $0.iso8601 } ?? false
            guard isOld || total > bytes, (try? FileManager.default.removeItem(atPath: segment.path)) != nil else {
                continue
            }
            total -= segment.bytes
            deleted.append(URL(filePath: segment.path).lastPathComponent)
        }
        return deleted
    }

    /// Takes the addresses out of the files that began before `cutoff`.
    mutating func forgetClients(before cutoff: Timestamp) throws(AuditError) {
        for segment in segments() where !withoutClients.contains(segment.path) {
            // Whoever breaks a first line must not keep addresses alive with it.
            guard (beginning(of: segment) ?? "") < cutoff.iso8601 else { continue }
            let file = try AuditFile(readingClosed: segment.path)
            var isChanged = false
            var kept: [UInt8] = []
            for line in file.read(at: 0, count: file.size).split(separator: UInt8(ascii: "\n")) {
                let shortened = AuditLine.forgettingClient(line)
                isChanged = isChanged || shortened != nil
                kept += shortened ?? Array(line)
                kept.append(UInt8(ascii: "\n"))
            }
            if isChanged { try AuditFile.replace(segment.path, with: kept) }
            withoutClients.insert(segment.path)
        }
    }

    /// The last line of the newest closed file.
    func last() -> AuditLine? {
        guard let newest = segments().last, let file = try? AuditFile(readingClosed: newest.path) else { return nil }
        return file.lastLine.flatMap { try? AuditLine($0) }
    }

    private func beginning(of segment: Segment) -> String? {
        guard let file = try? AuditFile(readingClosed: segment.path) else { return nil }
        return AuditLine.time(of: file.firstLine)
    }
}

extension AuditLog {
    /// The paths of the closed files of the log at `path`, oldest first.
    public static func closedFiles(of path: String) -> [String] { AuditArchive(path: path).segments().map(\.path) }
}
