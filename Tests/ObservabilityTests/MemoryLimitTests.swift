import Testing

@testable import Observability

@Suite("The limit of a control group")
struct MemoryLimitTests {
    private func limit(_ files: [String: String]) -> Double? { MemoryLimit.bytes { files[$0] } }

    @Test("is the least of the group and those above it")
    func least() {
        let group = ["/proc/self/cgroup": "0::/pods/a\n"]
        let own = group.merging(["/sys/fs/cgroup/pods/a/memory.max": "2147483648\n"]) { $1 }
        #expect(limit(own) == 2_147_483_648)
        #expect(limit(own.merging(["/sys/fs/cgroup/pods/memory.max": "1073741824\n"]) { $1 }) == 1_073_741_824)
        #expect(limit(["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "4096\n"]) == 4_096)
    }

    @Test("is absent where nothing limits, and where there are no such groups")
    func none() {
        #expect(limit(["/proc/self/cgroup": "0::/a\n", "/sys/fs/cgroup/a/memory.max": "max\n"]) == nil)
        #expect(limit(["/proc/self/cgroup": "3:memory:/a\n"]) == nil)
        #expect(limit([:]) == nil)
    }
}
