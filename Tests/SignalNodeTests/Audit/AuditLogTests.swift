import Foundation
import Logging
import SignalDomain
import Synchronization
import Testing

@testable import SignalNode

/// What callers on event loops see of the audit log.
@Suite("The audit log")
struct AuditLogTests {
    private static let clock = NodeClock(
        monotonicMs: { 0 }, wall: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) })

    private static func open(_ folder: AuditFolder) throws -> AuditLog {
        try AuditLog(folder.settings, node: "n1", clock: clock, logger: Logger(label: "test"))
    }

    @Test("entries of many threads are all there, in one chain, numbered without a gap")
    func threads() async throws {
        let folder = try AuditFolder()
        defer { folder.remove() }
        let log = try Self.open(folder)
        await withTaskGroup(of: Void.self) { group in
            for thread in 0..<8 {
                group.addTask {
                    for number in 0..<200 {
                        log.record(AuditEntry(.ban, by: .subject("\(thread)"), detail: "\(number)"))
                    }
                }
            }
        }
        await log.close()
        let lines = try folder.objects()
        #expect(AuditFolder.fault(in: try folder.lines()) == nil)
        for thread in 0..<8 {
            let numbers = lines.filter { $0["actor"] as? String == "sub:\(thread)" }.compactMap {
                $0["detail"] as? String
            }
            #expect(numbers == (0..<200).map(String.init), "entries of one thread keep their order")
        }
        #expect(lines.last?["action"] as? String == "audit.closed")
    }

    @Test(
        "when entries come faster than the disk takes them, recording never waits, and the log says how many are lost")
    func overflows() async throws {
        var folder = try AuditFolder()
        defer { folder.remove() }
        folder.settings.queueEntries = 10
        let log = try Self.open(folder)
        for number in 0..<50_000 { log.record(AuditEntry(.ban, by: .node, detail: "\(number)")) }
        await log.close()
        // A queue that was full when it closed tells the rest with the next entry.
        await log.close()
        let lines = try folder.objects()
        #expect(AuditFolder.fault(in: try folder.lines()) == nil)
        let lost = lines.filter { $0["action"] as? String == "audit.lost" }
            .compactMap { ($0["detail"] as? String).flatMap { Int($0) } }.reduce(0, +)
        let written = lines.count { $0["action"] as? String == "moderation.ban" }
        let closed = lines.count { $0["action"] as? String == "audit.closed" }
        #expect(lost > 0)
        #expect(written + lost + closed == 50_002)
    }

    @Test("what the disk did not take is told when it takes lines again")
    func failingDisk() async throws {
        let folder = try AuditFolder()
        defer { folder.remove() }
        var writer = try folder.open()
        try folder.write([.kick], with: &writer, lost: 7)
        let last = try #require(try folder.objects().last)
        #expect(last["action"] as? String == "audit.lost")
        #expect(last["detail"] as? String == "7")
    }

    @Test("without AUDIT_LOG nothing is written")
    func off() async throws {
        let folder = try AuditFolder()
        defer { folder.remove() }
        var settings = folder.settings
        settings.log = nil
        let log = try AuditLog(settings, node: "n1", clock: Self.clock, logger: Logger(label: "test"))
        log.record(.kick)
        await log.close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.folder.path).isEmpty)
    }

    @Test("the actor is named by the best name there is")
    func actors() throws {
        let peer = try PeerID("p1")
        #expect(AuditEntry.Actor(Principal(subject: "a", grants: .all), peer: peer).text == "sub:a")
        #expect(AuditEntry.Actor(.anonymous, peer: peer).text == "peer:p1")
        #expect(AuditEntry.Actor(.anonymous).text == "anonymous")
        #expect(AuditEntry.Actor(Principal(grants: .all, isOperator: true)).text == "operator")
    }
}
