/// How much memory the control group of this process may hold (cgroups(7), version 2): where a container is killed.
public enum MemoryLimit {
    /// The least of the limits of the group and those above it; nil without one, and where there are no such groups.
    public static func bytes() -> Double? {
        bytes(reading: ProcessTable.read)
    }

    /// - Parameter read: the text of a file, nil if there is none.
    static func bytes(reading read: (String) -> String?) -> Double? {
        let line = read("/proc/self/cgroup")?.split(separator: "\n").first { $0.hasPrefix("0::/") }
        guard let line else { return nil }
        var names = line.dropFirst("0::/".count).split(separator: "/")
        var least: Double?
        while true {
            let folder = (["/sys/fs/cgroup"] + names).joined(separator: "/")
            // "max" is no number.
            if let limit = read(folder + "/memory.max").flatMap({ Double($0.filter { !$0.isWhitespace }) }) {
                least = min(least ?? limit, limit)
            }
            if names.popLast() == nil { return least }
        }
    }
}
