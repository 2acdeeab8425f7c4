import Foundation
import SignalDomain
import SignalNode
import Testing

@testable import SignalNode

/// An audit log in a folder of its own, written with a clock that stands still until a test moves it.
struct AuditFolder {
    let folder: URL
    var settings = NodeConfiguration.Audit()
    var now = Timestamp(milliseconds: 1_763_900_000_000)

    static let day: Int64 = 86_400_000

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "audit-\(UInt64.random(in: .min ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        settings.log = path
    }

    var path: String { folder.appending(path: "audit.jsonl").path }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    mutating func pass(days: Int64) { now = Timestamp(milliseconds: now.milliseconds + days * Self.day) }

    func open() throws -> AuditWriter { try AuditWriter(settings, path: path, node: "n1", now: now) }

    func write(_ entries: [AuditEntry], with writer: inout AuditWriter, lost: Int = 0) throws {
        try writer.write(entries.map { .init(entry: $0, time: now) }, lost: lost, now: now)
    }

    /// All files, closed ones first.
    var files: [String] { AuditLog.closedFiles(of: path) + [path] }

    func lines(of file: String) throws -> [String] {
        try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    func lines() throws -> [String] { try files.flatMap { try lines(of: $0) } }

    /// The members of each line, by any JSON parser.
    func objects() throws -> [[String: Any]] {
        try lines().map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    /// The first break of `lines`, or nil.
    static func fault(in lines: [String]) -> AuditVerification.Break? {
        var verification = AuditVerification()
        for line in lines {
            if let fault = verification.take(Array(line.utf8)[...]) { return fault }
        }
        return nil
    }
}

extension AuditEntry {
    static let kick = AuditEntry(
        .kick, by: .subject("alice"), from: ClientAddress("203.0.113.77"),
        in: try? RoomKey(namespace: "team", room: "a"), target: "peer:bob", detail: "until 1763900000000")
}
