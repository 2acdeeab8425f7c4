import Foundation
import Testing

@testable import signal_load

@Suite("A process' usage")
struct ProcessUsageTests {
    @Test("is read from /proc/PID/stat whatever the process is called")
    func stat() {
        let text =
            "17 (a) S (b c)) S 1 17 17 0 -1 4194560 500 0 1 0 250 31 0 0 20 0 3 0 100 1000 200 18446744073709551615"
        #expect(ProcessUsage.cpuTicks(ofStat: text) == 281)
        #expect(ProcessUsage.cpuTicks(ofStat: "17 (short) S 1 2") == nil)
        #expect(ProcessUsage.cpuTicks(ofStat: "") == nil)
    }

    @Test("is read from schedstat and status")
    func files() {
        #expect(ProcessUsage.schedulerNanoseconds(ofSchedstat: "123456789 4242 17\n") == 123_456_789)
        #expect(ProcessUsage.schedulerNanoseconds(ofSchedstat: "\n") == nil)
        let status = "Name:\tserver\nVmHWM:\t    9000 kB\nVmRSS:\t    1704 kB\nThreads:\t3\n"
        #expect(ProcessUsage.residentBytes(ofStatus: status) == 1_704 * 1_024)
        #expect(ProcessUsage.residentBytes(ofStatus: "Name:\tzombie\n") == nil)
    }

    @Test("grows with the work that this process does")
    func live() throws {
        let pid = Int(ProcessInfo.processInfo.processIdentifier)
        #expect(try ProcessUsage.residentBytes(of: pid) > 1_000_000)
        let before = try ProcessUsage.cpuNanoseconds(of: pid)
        var sum: UInt64 = 0
        let deadline = ContinuousClock.now + .seconds(10)
        while try ProcessUsage.cpuNanoseconds(of: pid) == before, ContinuousClock.now < deadline {
            for number in 0..<100_000 as Range<UInt64> { sum &+= number &* sum }
        }
        #expect(try ProcessUsage.cpuNanoseconds(of: pid) > before, "\(sum)")
    }

    @Test("of nobody is an error with a sentence")
    func nobody() {
        #expect(throws: ProcessUnreadable.self) { try ProcessUsage.cpuNanoseconds(of: 4_194_305) }
        #expect(throws: ProcessUnreadable.self) { try ProcessUsage.residentBytes(of: 4_194_305) }
    }

    @Test("comes with the machine's CPU model")
    func machine() {
        let info = "processor\t: 0\nvendor_id\t: X\nmodel name\t: Fast CPU: v2\nmodel name\t: other\n"
        #expect(Machine.model(inCPUInfo: info) == "Fast CPU: v2")
        #expect(Machine.current().cores > 0)
    }
}
