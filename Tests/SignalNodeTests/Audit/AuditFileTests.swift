import Foundation
import SignalDomain
import Testing

@testable import SignalNode

/// The files of the audit log over restarts, days and a full disk.
@Suite("The files of the audit log")
struct AuditFileTests {
    @Test("a restart continues the chain of the file")
    func restarts() throws {
        let log = try AuditFolder()
        defer { log.remove() }
        for _ in 0..<3 {
            var writer = try log.open()
            try log.write([.kick], with: &writer)
        }
        let lines = try log.lines()
        #expect(lines.count == 6)
        #expect(AuditFolder.fault(in: lines) == nil)
    }

    @Test("a line that a crash left unfinished is cut off, and the log says so")
    func crash() throws {
        let log = try AuditFolder()
        defer { log.remove() }
        var writer: AuditWriter? = try log.open()
        if var writer { try log.write([.kick, .kick], with: &writer) }
        writer = nil
        let whole = try Data(contentsOf: URL(filePath: log.path))
        try whole.dropLast(40).write(to: URL(filePath: log.path))
        _ = try log.open()
        let lines = try log.lines()
        #expect(lines.count == 3)
        #expect(lines.last?.contains("of an unfinished line") == true)
        #expect(AuditFolder.fault(in: lines) == nil)
    }

    @Test("a file whose last line was changed is kept aside, and a new chain begins")
    func broken() throws {
        let log = try AuditFolder()
        defer { log.remove() }
        do {
            var writer = try log.open()
            try log.write([.kick], with: &writer)
        }
        let text = try String(contentsOfFile: log.path, encoding: .utf8)
        try text.replacingOccurrences(of: "bob", with: "eve").write(
            toFile: log.path, atomically: false, encoding: .utf8)
        _ = try log.open()
        #expect(try log.lines(of: log.path).count == 1)
        #expect(AuditFolder.fault(in: try log.lines(of: log.path)) == nil)
        let kept = try FileManager.default.contentsOfDirectory(atPath: log.folder.path)
        #expect(kept.contains { $0.contains(".broken-") })
    }

    @Test("a line that does not reach the disk is taken back, and the next one continues the chain")
    func failingSync() throws {
        let log = try AuditFolder()
        defer { log.remove() }
        var writer = try log.open()
        try log.write([.kick], with: &writer)
        let file = try #require(writer.file)
        let sync = file.sync
        file.sync = { _ in
            errno = EIO
            return -1
        }
        let head = writer.head
        #expect(throws: AuditError.system("sync", log.path, EIO)) { try log.write([.kick, .kick], with: &writer) }
        #expect(writer.head == head)
        file.sync = sync
        try log.write([.kick], with: &writer)
        let lines = try log.lines()
        #expect(lines.count == 3)
        #expect(AuditFolder.fault(in: lines) == nil)
    }

    @Test("two processes cannot write one file")
    func locked() throws {
        let log = try AuditFolder()
        defer { log.remove() }
        let first = try log.open()
        #expect(throws: AuditError.inUse(log.path)) { _ = try log.open() }
        withExtendedLifetime(first) {}
    }

    @Test("the file is its owner's alone")
    func permissions() throws {
        let log = try AuditFolder()
        defer { log.remove() }
        _ = try log.open()
        let attributes = try FileManager.default.attributesOfItem(atPath: log.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test("a day closes the file, and the chain goes on in the next one, also after a restart in between")
    func rotates() throws {
        var log = try AuditFolder()
        defer { log.remove() }
        var writer: AuditWriter? = try log.open()
        for _ in 0..<3 {
            if var open = writer {
                try log.write([.kick], with: &open)
                writer = open
            }
            log.pass(days: 2)
        }
        writer = nil
        _ = try log.open()
        #expect(log.files.count == 4)
        #expect(AuditFolder.fault(in: try log.lines()) == nil)
        #expect(try log.lines(of: log.path).first?.contains("audit.opened") == true)
    }

    @Test("addresses are forgotten in time, networks stay, and the chain still holds")
    func forgets() throws {
        var log = try AuditFolder()
        defer { log.remove() }
        log.settings.addressDays = 3
        var writer = try log.open()
        try log.write([.kick], with: &writer)
        log.pass(days: 2)
        try writer.upkeep(now: log.now)
        #expect(try log.lines().joined().contains("203.0.113.77"))
        log.pass(days: 1)
        log.now = Timestamp(milliseconds: log.now.milliseconds + 1)
        try writer.upkeep(now: log.now)
        let lines = try log.lines()
        #expect(!lines.joined().contains("203.0.113.77"))
        #expect(lines.joined().contains("203.0.113.0/24"))
        #expect(AuditFolder.fault(in: lines) == nil)
    }

    @Test("with zero days no address is ever written")
    func neverAddresses() throws {
        let log = try AuditFolder()
        defer { log.remove() }
        var settings = log.settings
        settings.addressDays = 0
        var writer = try AuditWriter(settings, path: log.path, node: "n1", now: log.now)
        try log.write([.kick], with: &writer)
        #expect(!(try log.lines().joined()).contains("203.0.113.77"))
        #expect(try log.lines().joined().contains("203.0.113.0/24"))
    }

    @Test("old files go with age, and the log says which; what is left still verifies")
    func expires() throws {
        var log = try AuditFolder()
        defer { log.remove() }
        log.settings.retentionDays = 5
        var writer = try log.open()
        for _ in 0..<10 {
            try log.write([.kick], with: &writer)
            log.pass(days: 1)
            log.now = Timestamp(milliseconds: log.now.milliseconds + 1)
            try writer.upkeep(now: log.now)
        }
        let lines = try log.lines()
        #expect(AuditFolder.fault(in: lines) == nil)
        #expect(lines.joined().contains("audit.expired"))
        #expect(log.files.count == 6, "five days and today")
    }

    @Test("the log stays within its size, and the oldest files go for it")
    func bounded() throws {
        var log = try AuditFolder()
        defer { log.remove() }
        log.settings.maxBytes = 40_000
        var writer = try log.open()
        for _ in 0..<60 {
            try log.write(Array(repeating: .kick, count: 5), with: &writer)
            try writer.upkeep(now: log.now)
        }
        let bytes = try log.files.reduce(0) { try $0 + Data(contentsOf: URL(filePath: $1)).count }
        #expect(bytes <= 45_000)
        #expect(bytes > 20_000)
        #expect(AuditFolder.fault(in: try log.lines()) == nil)
    }
}
