import Foundation

/// The machine a result belongs to.
struct Machine: Sendable, Codable, Equatable, CustomStringConvertible {
    let cores: Int
    let cpu: String
    let system: String

    static func current() -> Machine {
        let cpuInfo = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        return Machine(
            cores: ProcessInfo.processInfo.activeProcessorCount, cpu: model(inCPUInfo: cpuInfo) ?? "unknown CPU",
            system: ProcessInfo.processInfo.operatingSystemVersionString)
    }

    /// One line for people.
    var description: String { "\(cpu), \(cores) cores, \(system)" }

    /// The first "model name : …" line.
    static func model(inCPUInfo text: String) -> String? {
        text.split(separator: "\n").first { $0.hasPrefix("model name") }?
            .split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
    }
}
