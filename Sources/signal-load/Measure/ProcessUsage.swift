import Foundation

/// CPU time and memory of other processes, as the kernel tells in `/proc`.
enum ProcessUsage {
    /// User and system time of all live threads.
    ///
    /// Source: the first field of `/proc/PID/task/*/schedstat` (nanoseconds on a CPU); without it `utime + stime` of
    /// `/proc/PID/stat` in ticks of 10 ms.
    static func cpuNanoseconds(of pid: Int) throws -> UInt64 {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
        let times = threads.compactMap { thread in
            (try? read("/proc/\(pid)/task/\(thread)/schedstat")).flatMap(schedulerNanoseconds)
        }
        if !times.isEmpty { return times.reduce(0, +) }
        guard let text = try? read("/proc/\(pid)/stat"), let ticks = cpuTicks(ofStat: text) else {
            throw ProcessUnreadable(pid: pid)
        }
        return ticks * (1_000_000_000 / 100)
    }

    static func residentBytes(of pid: Int) throws -> UInt64 {
        guard let text = try? read("/proc/\(pid)/status"), let bytes = residentBytes(ofStatus: text) else {
            throw ProcessUnreadable(pid: pid)
        }
        return bytes
    }

    /// `schedstat`: "cpu-ns wait-ns slices".
    static func schedulerNanoseconds(ofSchedstat text: String) -> UInt64? {
        text.split(whereSeparator: \.isWhitespace).first.flatMap { UInt64($0) }
    }

    /// `stat`: "pid (any name, even with parentheses) state ppid …"; utime and stime are fields 14 and 15.
    static func cpuTicks(ofStat text: String) -> UInt64? {
        guard let nameEnd = text.lastIndex(of: ")") else { return nil }
        let fields = text[nameEnd...].dropFirst().split(whereSeparator: \.isWhitespace)
        guard fields.count > 12, let user = UInt64(fields[11]), let system = UInt64(fields[12]) else { return nil }
        return user + system
    }

    /// `status`: the line "VmRSS:    1704 kB".
    static func residentBytes(ofStatus text: String) -> UInt64? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }) else { return nil }
        return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { UInt64($0) }.map { $0 * 1024 }
    }

    private static func read(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }
}

struct ProcessUnreadable: Error, CustomStringConvertible {
    let pid: Int
    var description: String { "process \(pid) cannot be read in /proc: is it running, and is this Linux?" }
}
