import CoreMetrics
import Dispatch
public import Logging
import SignalDomain
import Synchronization

/// The audit log of a node: who did what to whom, in lines that tell when somebody changed them (`AUDIT_LOG`).
///
/// Call `node.audit.record(AuditEntry(.kick, by: .init(principal), from: address, in: room, target: "peer:\(peer)"))`
/// where the decision is made, once per decision, refusals of moderation and administration included
/// (`result: .refused(code: "forbidden")`). Everything else is done here: number, time, node, escaping, chain. Never put
/// a token, a ticket, an invite code or a payload into an entry.
///
/// Safe from any thread, and cheap on event loops: `record` only puts the entry into a bounded queue (one mutex, no
/// allocation beyond the entry); one serial queue writes. Entries over the bound are lost, counted in
/// `bs_audit_lost_total` and told in the log by a line `audit.lost`; what is over an `AuditBudget` by one `audit.reduced`.
public final class AuditLog: Sendable {
    /// Remembers nothing: `AUDIT_LOG` is not set.
    public static let off = AuditLog()

    private struct State {
        var waiting: [AuditWriter.Waiting] = []
        var lost = 0
        var isScheduled = false
        var budget = AuditBudget()
    }

    private let state = Mutex(State())
    /// Nil = off. Only the serial queue takes this lock.
    private let writer: Mutex<AuditWriter>?
    private let queue = DispatchQueue(label: "audit")
    private let limit: Int
    private let clock: NodeClock?
    private let logger: Logger?
    private let written = Counter(label: NodeMetrics.Family.auditEntries.rawValue)
    private let lost = Counter(label: NodeMetrics.Family.auditLost.rawValue)

    private init() {
        writer = nil
        limit = 0
        clock = nil
        logger = nil
    }

    /// Opens the log that `settings` names and continues its chain. Blocks on the disk: call it before the node serves.
    ///
    /// - Throws: `AuditError` when the file cannot be opened, or another process writes it.
    public init(
        _ settings: NodeConfiguration.Audit, node: String, clock: NodeClock, logger: Logger
    ) throws(AuditError) {
        let now = clock.wall()
        writer =
            switch settings.log {
            case nil: nil
            case "-": Mutex(try AuditWriter(settings, path: nil, node: node, now: now))
            case .some(let path): Mutex(try AuditWriter(settings, path: path, node: node, now: now))
            }
        limit = settings.queueEntries
        self.clock = clock
        self.logger = logger
        state.withLock {
            $0.budget = AuditBudget(perSource: settings.linesPerSource, refusals: settings.refusals)
        }
        if writer != nil { scheduleUpkeep() }
    }

    /// Remembers `entry`, with the present as its time. Returns at once; see `AuditLog` for how to call it.
    public func record(_ entry: AuditEntry) {
        guard writer != nil, let clock else { return }
        let waiting = AuditWriter.Waiting(entry: entry, time: clock.wall())
        let now = clock.monotonicMs()
        tellReduced(nowMs: now)
        let isLost = state.withLock { state in
            guard state.budget.admits(entry, nowMs: now) else { return false }
            guard state.waiting.count < limit else {
                state.lost += 1
                return true
            }
            state.waiting.append(waiting)
            guard !state.isScheduled else { return false }
            state.isScheduled = true
            queue.async { self.write() }
            return false
        }
        if isLost { lost.increment() }
    }

    /// Writes what waits and a last line, and returns when they are on the disk; the log of the node hears how the chain
    /// ends, so that it is known elsewhere, too. Entries that come later are written all the same.
    public func close() async {
        guard writer != nil, let clock else { return }
        tellReduced(nowMs: clock.monotonicMs(), isLast: true)
        record(AuditEntry(.auditClosed, by: .node))
        await withCheckedContinuation { continuation in
            queue.async {
                self.write()
                if let head = self.writer?.withLock({ $0.head }) {
                    self.logger?.info(
                        "audit.closed", metadata: ["seq": .stringConvertible(head.sequence), "head": "\(head.hash)"])
                }
                continuation.resume()
            }
        }
    }

    private func write() {
        let (entries, missing) = state.withLock { state in
            let taken = (state.waiting, state.lost)
            state.waiting = []
            state.lost = 0
            state.isScheduled = false
            return taken
        }
        guard !entries.isEmpty || missing > 0, let clock else { return }
        let isWritten = attempt { (writer) throws(AuditError) in
            try writer.write(entries, lost: missing, now: clock.wall())
        }
        guard isWritten else {
            // The next line that can be written says so.
            state.withLock { $0.lost += entries.count + missing }
            return lost.increment(by: entries.count)
        }
        written.increment(by: entries.count)
    }

    /// Says what had no line, when the time of the budgets is over.
    private func tellReduced(nowMs: Int64, isLast: Bool = false) {
        guard let summary = state.withLock({ $0.budget.summary(nowMs: nowMs, isLast: isLast) }) else { return }
        record(summary)
    }

    private func scheduleUpkeep() {
        queue.asyncAfter(deadline: .now() + .seconds(60)) { [weak self] in
            guard let self, let clock else { return }
            tellReduced(nowMs: clock.monotonicMs())
            _ = attempt { (writer) throws(AuditError) in try writer.upkeep(now: clock.wall()) }
            scheduleUpkeep()
        }
    }

    /// Whether `body` could do its work on the disk; the log of the node hears why not.
    private func attempt(_ body: (inout AuditWriter) throws(AuditError) -> Void) -> Bool {
        do throws(AuditError) {
            try writer?.withLock { (writer) throws(AuditError) in try body(&writer) }
            return true
        } catch {
            logger?.error("audit.write-failed", metadata: ["reason": "\(error)"])
            return false
        }
    }
}
