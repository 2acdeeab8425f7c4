import Foundation
import Logging
import SignalDomain
import Testing

@testable import SignalNode

/// What those may write who may do little.
@Suite("The budget of the audit log")
struct AuditBudgetTests {
    private static let hour = AuditBudget.windowMs

    private func address(_ number: Int) -> ClientAddress? {
        ClientAddress("192.0.\(number >> 8 & 255).\(number & 255)")
    }

    private func refused(_ address: ClientAddress?, by actor: AuditEntry.Actor = .anonymous) -> AuditEntry {
        AuditEntry(.kick, by: actor, from: address, result: .refused(code: "unauthorized"))
    }

    @Test("one address gets some lines an hour, the next one its own, and what is left out is told by its number")
    func addresses() {
        var budget = AuditBudget(perSource: 3, refusals: 0)
        let admitted = (0..<100).count { budget.admits(refused(address(1)), nowMs: Int64($0)) }
        #expect(admitted == 3)
        let another = budget.admits(refused(address(2)), nowMs: 5)
        #expect(another)
        let look = budget.admits(
            AuditEntry(.adminRequest, by: .operator(subject: nil), from: address(1)), nowMs: 6)
        #expect(!look, "a look counts, whoever looks")
        let early = budget.summary(nowMs: Self.hour - 1)
        #expect(early == nil)
        let summary = budget.summary(nowMs: Self.hour)
        #expect(summary?.action == .auditReduced)
        #expect(summary?.detail == "admin.request 1, moderation.kick 97")
        let next = budget.admits(refused(address(1)), nowMs: Self.hour)
        #expect(next, "the next hour begins anew")
        let nothing = budget.summary(nowMs: 3 * Self.hour)
        #expect(nothing == nil, "nothing was left out in it")
    }

    @Test("a subject has one budget wherever it comes from, and all refusals together have one")
    func subjects() {
        var budget = AuditBudget(perSource: 3, refusals: 10)
        let own = (0..<9).count { budget.admits(refused(address($0), by: .subject("eve")), nowMs: 0) }
        #expect(own == 3)
        let others = (10..<1_000).count { budget.admits(refused(address($0)), nowMs: 0) }
        #expect(others == 7)
        let isAdmitted = budget.admits(AuditEntry(.ticketIssued, by: .subject("ann"), from: address(1)), nowMs: 0)
        #expect(isAdmitted, "what succeeds needs no place among refusals")
    }

    @Test("decisions and acts of operators are never left out")
    func decisions() {
        var budget = AuditBudget(perSource: 1, refusals: 1)
        let entries = [
            AuditEntry(.ban, by: .subject("mod"), from: address(1)),
            refused(address(1), by: .operator(subject: nil)),
            AuditEntry(.fileReloaded, by: .node, result: .refused(code: "x")),
        ]
        for entry in Array(repeating: refused(address(1)), count: 3) { _ = budget.admits(entry, nowMs: 0) }
        for _ in 0..<10 {
            let admitted = entries.filter { budget.admits($0, nowMs: 0) }
            #expect(admitted == entries)
        }
    }

    @Test("10,000 refused tries leave an old ban in its place, and are told in one line")
    func flood() async throws {
        var folder = try AuditFolder()
        defer { folder.remove() }
        folder.settings.maxBytes = 1_048_576
        folder.settings.queueEntries = 100
        let clock = NodeClock(monotonicMs: { 0 }, wall: { Timestamp(milliseconds: 1_763_900_000_000) })
        let log = try AuditLog(folder.settings, node: "n1", clock: clock, logger: Logger(label: "test"))
        log.record(AuditEntry(.ban, by: .operator(subject: "ops"), target: "peer:mallory"))
        for number in 0..<10_000 { log.record(refused(address(number % 500))) }
        log.record(AuditEntry(.unban, by: .operator(subject: "ops"), target: "peer:mallory"))
        await log.close()
        let objects = try folder.objects()
        #expect(AuditFolder.fault(in: try folder.lines()) == nil)
        #expect(objects.contains { $0["action"] as? String == "moderation.ban" })
        #expect(objects.contains { $0["action"] as? String == "moderation.unban" })
        #expect(!objects.contains { $0["action"] as? String == "audit.lost" })
        #expect(objects.count { $0["action"] as? String == "moderation.kick" } == folder.settings.refusals)
        let reduced = objects.filter { $0["action"] as? String == "audit.reduced" }
        #expect(reduced.compactMap { $0["detail"] as? String } == ["moderation.kick 9950"])
    }
}
