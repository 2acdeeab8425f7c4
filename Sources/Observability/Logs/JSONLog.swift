public import Logging
import Synchronization

/// The log of this process: one JSON object per line, through one sink.
///
/// Each line has `ts` (RFC 3339, ms, UTC), `level` (trace, debug, info, warn, error), `message` (a dotted event such as
/// `peer.connected`), the constant fields, `logger`, then the metadata by key. Values are cut at 256 bytes; values under
/// keys that sound like secrets are masked. A line that repeats more often than `repeatsPerSecond` (same level, message
/// and source) is held back, and the next second starts with one line that says how many were `suppressed`.
///
/// Safe from every thread: the counters of repeats and the sink each sit behind their own mutex.
public final class JSONLog: Sendable {
    private let sink: LineSink
    private let fields: [(key: String, value: String)]
    private let now: @Sendable () -> Int64
    private let limiter: Mutex<RepeatLimiter>
    /// The index of `level`.
    private let levelIndex: Atomic<Int>
    private static let levels = Logger.Level.allCases

    /// - Parameters:
    ///   - sink: where lines go.
    ///   - fields: constant fields of every line, such as `service.name` and `node`.
    ///   - repeatsPerSecond: how often the same line may be written in one second; 0 means no limit.
    ///   - now: milliseconds since the epoch; nil means the wall clock.
    public init(
        sink: LineSink, fields: [(key: String, value: String)] = [], repeatsPerSecond: Int = 100,
        now: (@Sendable () -> Int64)? = nil
    ) {
        self.sink = sink
        self.fields = fields
        self.now = now ?? Timestamp.nowMs
        limiter = Mutex(RepeatLimiter(perSecond: repeatsPerSecond))
        levelIndex = Atomic(Self.index(of: .info))
    }

    /// The least severe level that handlers write which have none of their own.
    public var level: Logger.Level { Self.levels[levelIndex.load(ordering: .relaxed)] }

    /// Changes `level`, for loggers that exist as well.
    public func use(level: Logger.Level) { levelIndex.store(Self.index(of: level), ordering: .relaxed) }

    private static func index(of level: Logger.Level) -> Int { levels.firstIndex(of: level) ?? 0 }

    /// A handler for `LoggingSystem.bootstrap` or `Logger(label:factory:)`.
    ///
    /// - Parameter level: nil follows the level of the log.
    public func handler(label: String, level: Logger.Level? = nil) -> JSONLogHandler {
        JSONLogHandler(log: self, label: label, level: level)
    }

    /// Reports the lines that are still held back; called once before the process ends.
    public func flush() {
        report(limiter.withLock { $0.drain() })
    }

    func write(_ event: LogEvent, label: String, metadata: Logger.Metadata) {
        let key = RepeatLimiter.Key(
            level: event.level.lineName, message: event.message.description, source: event.source)
        let nowMs = now()
        let (isAdmitted, before) = limiter.withLock { $0.admit(key, nowMs: nowMs) }
        report(before)
        guard isAdmitted else { return }
        line(level: key.level, message: key.message, nowMs: nowMs) { line in
            line.member("logger", .string(label))
            if let error = event.error {
                line.member("error.type", .string(String(reflecting: type(of: error))))
                line.member("error.message", .string("\(error)"))
            }
            for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { line.member(key, value) }
        }
    }

    private func report(_ suppressed: [RepeatLimiter.Suppressed]) {
        for entry in suppressed {
            line(level: entry.key.level, message: entry.key.message, nowMs: now()) { line in
                line.member("source", .string(entry.key.source))
                line.member("suppressed", .stringConvertible(entry.count))
            }
        }
    }

    private func line(level: String, message: String, nowMs: Int64, _ body: (inout LogLine) -> Void) {
        var line = LogLine()
        line.member("ts", .string(Timestamp.text(nowMs)))
        line.member("level", .string(level))
        line.member("message", .string(message))
        for field in fields { line.member(field.key, .string(field.value)) }
        body(&line)
        sink.append(line.finished())
    }
}

extension Logger.Level {
    /// The five level names of the log lines.
    fileprivate var lineName: String {
        switch self {
        case .trace: "trace"
        case .debug: "debug"
        case .info, .notice: "info"
        case .warning: "warn"
        case .error, .critical: "error"
        }
    }
}
