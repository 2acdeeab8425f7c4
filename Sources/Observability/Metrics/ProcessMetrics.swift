#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension PrometheusRegistry {
    /// Exports the `process_*` metrics that every Prometheus client has; on systems without /proc it adds nothing.
    public func registerProcessMetrics() {
        #if os(Linux)
            let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
            let page = Double(max(1, sysconf(Int32(_SC_PAGESIZE))))
            let boot = ProcessTable.bootTime()
            sample("process_cpu_seconds_total", .counter, "User and system CPU time in seconds.") {
                ProcessTable.stat().map { ($0.userTicks + $0.systemTicks) / ticks }
            }
            sample("process_resident_memory_bytes", .gauge, "Resident memory in bytes.") {
                ProcessTable.stat().map { $0.residentPages * page }
            }
            sample("process_start_time_seconds", .gauge, "Start of the process in seconds since the epoch.") {
                ProcessTable.stat().flatMap { stat in boot.map { $0 + stat.startTicks / ticks } }
            }
            sample("process_open_fds", .gauge, "Open file descriptors.") {
                try? Double(FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count)
            }
            sample("process_max_fds", .gauge, "Most file descriptors that may be open.") {
                var limit = rlimit()
                return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
                    ? Double(limit.rlim_cur) : nil
            }
        #endif
    }

    private func sample(
        _ name: String, _ kind: MetricFamily.Kind, _ help: String, _ read: @escaping @Sendable () -> Double?
    ) {
        registerSampler(MetricFamily(name, kind, help)) { read().map { [SampledValue($0)] } ?? [] }
    }
}

/// What /proc says about this process (proc(5)).
enum ProcessTable {
    struct Stat: Equatable {
        let userTicks: Double
        let systemTicks: Double
        /// Since the start of the system.
        let startTicks: Double
        let residentPages: Double

        /// Parses /proc/self/stat: the name in parentheses may hold anything, so counting starts behind the last `)`.
        init?(_ text: String) {
            guard let end = text.lastIndex(of: ")") else { return nil }
            let fields = text[text.index(after: end)...].split(separator: " ").map { Double($0) }
            guard fields.count > 21, let user = fields[11], let system = fields[12], let start = fields[19],
                let pages = fields[21]
            else { return nil }
            userTicks = user
            systemTicks = system
            startTicks = start
            residentPages = pages
        }
    }

    static func stat() -> Stat? { read("/proc/self/stat").flatMap(Stat.init) }

    /// The `btime` line of /proc/stat: the start of the system in seconds since the epoch.
    static func bootTime() -> Double? {
        read("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
            .flatMap { Double($0.dropFirst("btime ".count)) }
    }

    static func read(_ path: String) -> String? {
        (try? Data(contentsOf: URL(filePath: path))).map { String(decoding: $0, as: UTF8.self) }
    }
}
