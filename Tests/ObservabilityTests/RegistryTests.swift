import CoreMetrics
import Foundation
import Metrics
import Testing

@testable import Observability

@Suite("The registry behind swift-metrics")
struct RegistryTests {
    let registry = PrometheusRegistry(seriesLimit: 3)

    private func has(_ line: String) -> Bool {
        registry.render(format: .text004).split(separator: "\n").contains { $0 == line }
    }

    @Test("the same metric made twice is the same series, whatever the order of its labels")
    func cached() {
        let labels = [("a", "1"), ("b", "2")]
        let first = registry.makeCounter(label: "bs_x_total", dimensions: labels)
        #expect(first === registry.makeCounter(label: "bs_x_total", dimensions: labels.reversed()))
        #expect(first === registry.makeFloatingPointCounter(label: "bs_x_total", dimensions: labels))
        #expect(first !== registry.makeCounter(label: "bs_x_total", dimensions: [("a", "1")]))
        let timer = registry.makeTimer(label: "bs_t", dimensions: [])
        #expect(timer === registry.makeRecorder(label: "bs_t", dimensions: [], aggregate: true))
        #expect(
            registry.makeMeter(label: "bs_g", dimensions: [])
                === registry.makeRecorder(label: "bs_g", dimensions: [], aggregate: false))
    }

    @Test("counters only grow, meters move both ways")
    func semantics() {
        let counter = Counter(label: "bs_c_total", factory: registry)
        counter.increment(by: 3)
        counter.increment(by: -5)
        FloatingPointCounter(label: "bs_c_total", factory: registry).increment(by: 0.5)
        FloatingPointCounter(label: "bs_c_total", factory: registry).increment(by: -Double.infinity)
        #expect(has("bs_c_total 3.5"))
        counter.reset()
        #expect(has("bs_c_total 0"))
        let meter = Meter(label: "bs_m", factory: registry)
        meter.set(10)
        meter.decrement(by: 2.5)
        meter.increment()
        #expect(has("bs_m 8.5"))
    }

    @Test(
        "names and labels that Prometheus forbids are repaired, never refused with a trap",
        arguments: [
            ("hb.requests", "hb_requests"), ("9lives", "_9lives"), ("", "_"), ("ok:name", "ok:name"),
            ("a\nb\"", "a_b_"),
            ("한", "___"),
        ])
    func repairedNames(name: String, expected: String) {
        Counter(label: name, factory: registry).increment()
        #expect(has("\(expected) 1"))
    }

    @Test("labels are repaired, doubled ones are dropped, le and leading underscores are avoided")
    func repairedLabels() {
        let labels = [("a.b", "1"), ("a_b", "2"), ("le", "3"), ("__name__", "4"), ("5", "x")]
        Counter(label: "bs_l_total", dimensions: labels, factory: registry).increment()
        #expect(has(#"bs_l_total{_5="x",_name__="4",a_b="1",le_="3"} 1"#))
    }

    @Test("a name of another kind gets a metric that works but is not exported, and is counted")
    func kindConflict() {
        registry.declare(MetricFamily("bs_k", .counter, "A counter."))
        Gauge(label: "bs_k", factory: registry).record(7)
        Timer(label: "bs_k", factory: registry).recordSeconds(1)
        registry.declare(MetricFamily("bs_k", .gauge, "Now a gauge."))
        #expect(has("bs_k 0"))
        #expect(has("# HELP bs_k A counter."))
        #expect(has("bs_metrics_refused_total 3"))
    }

    @Test("a family that is full takes no further label values")
    func seriesLimit() {
        for value in 0..<100 {
            Counter(label: "bs_f_total", dimensions: [("v", "\(value)")], factory: registry).increment()
        }
        Counter(label: "bs_f_total", dimensions: [("v", "1")], factory: registry).increment()
        let page = registry.render(format: .text004)
        #expect(page.split(separator: "\n").filter { $0.hasPrefix("bs_f_total{") }.count == 3)
        #expect(has(#"bs_f_total{v="1"} 2"#))
        #expect(has("bs_metrics_refused_total 97"))
    }

    @Test("a destroyed metric is no longer exported")
    func destroyed() {
        let counter = Counter(label: "bs_gone_total", factory: registry)
        counter.increment()
        counter.destroy()
        #expect(!has("bs_gone_total 1"))
    }

    @Test("counting from many threads loses nothing")
    func concurrent() async {
        let registry = self.registry
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<5_000 {
                        Counter(label: "bs_p_total", factory: registry).increment()
                        FloatingPointCounter(label: "bs_p_total", factory: registry).increment(by: 0.5)
                        Recorder(label: "bs_h", factory: registry).record(1)
                        Meter(label: "bs_m", factory: registry).increment()
                    }
                }
            }
        }
        #expect(has("bs_p_total 60000"))
        #expect(has("bs_h_sum 40000"))
        #expect(has("bs_h_count 40000"))
        #expect(has("bs_m 40000"))
    }

    @Test("the process metrics are exported with plausible values on Linux")
    func process() throws {
        #if os(Linux)
            let registry = PrometheusRegistry()
            registry.registerProcessMetrics()
            let page = registry.render(format: .text004)
            func value(_ name: String) throws -> Double {
                let line = try #require(page.split(separator: "\n").first { $0.hasPrefix(name + " ") })
                return try #require(Double(line.dropFirst(name.count + 1)))
            }
            let now = Date().timeIntervalSince1970
            #expect(try value("process_cpu_seconds_total") >= 0)
            #expect(try value("process_resident_memory_bytes") > 1_000_000)
            #expect((now - 86_400 * 30...now + 60).contains(try value("process_start_time_seconds")))
            #expect(try value("process_open_fds") >= 3)
            #expect(try value("process_max_fds") >= value("process_open_fds"))
        #endif
    }

    @Test("a process whose name has spaces and parentheses is still parsed")
    func stat() {
        let fields = (3...52).map(String.init).joined(separator: " ")
        let stat = ProcessTable.Stat("1 (a ) b) \(fields)")
        #expect(stat?.userTicks == 14)
        #expect(stat?.systemTicks == 15)
        #expect(stat?.startTicks == 22)
        #expect(stat?.residentPages == 24)
        #expect(ProcessTable.Stat("1 (a) R 1 2") == nil)
        #expect(ProcessTable.Stat("") == nil)
    }
}
