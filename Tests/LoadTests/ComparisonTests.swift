import Foundation
import Testing

@testable import signal_load

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("A comparison of servers")
struct ComparisonTests {
    @Test("takes the median of the runs of each server, in the order of the columns")
    func medians() throws {
        let comparison = try sample()
        #expect(comparison.servers == [.node, .oldContract, Server.named("mine")])
        #expect(comparison.runs == 3)
        let figure = try #require(Figure.all.first { $0.workload == .pairs })
        #expect(comparison.value(of: figure, for: .node) == 10)
        #expect(comparison.value(of: figure, for: .oldContract) == 48)
        #expect(comparison.value(of: figure, for: .nchan) == nil)
    }

    @Test("says of each goal whether it is met, and nothing where that cannot be known")
    func goals() throws {
        let comparison = try sample()
        let pairs = try #require(Figure.all.first { $0.workload == .pairs })
        #expect(comparison.isMet(.share(1.0 / 3, of: .oldContract), of: pairs) == true)
        #expect(comparison.isMet(.share(1.0 / 5, of: .oldContract), of: pairs) == false)
        let beside = try sample(named: "nchan")
        #expect(beside.isMet(.oldServer(timesNchan: 1.5, dividedBy: 3), of: pairs) == true)
        #expect(beside.isMet(.oldServer(timesNchan: 1.5, dividedBy: 4), of: pairs) == false)
        #expect(comparison.isMet(.oldServer(timesNchan: 1.5, dividedBy: 3), of: pairs) == nil)
        #expect(comparison.isMet(.atMost(10), of: pairs) == true)
        #expect(comparison.isMet(.atMost(9.9), of: pairs) == false)
        // The table shows one digit.
        #expect(comparison.isMet(.atMost(9.96), of: pairs) == true)
        #expect(comparison.isMet(.share(1, of: .nchan), of: pairs) == nil)
        let idle = try #require(Figure.all.first { $0.workload == .idle })
        #expect(comparison.isMet(.atMost(1), of: idle) == nil)
    }

    @Test("puts the factor to this node beside the figures of the others")
    func table() throws {
        let table = ComparisonTable(try sample())
        #expect(table.head == ["", "figure", "this node", "old contract on Node", "mine", "goal"])
        let row = try #require(table.rows.first { $0[0] == "W1" })
        #expect(row[2] == "10.0")
        #expect(row[3] == "48.0 (4.8 ×)")
        #expect(row[5].hasPrefix("≤ old server (2.48 × nchan) ÷ 3: not measured"))
        let ratio = try #require(table.rows.first { $0[1] == "p99 ÷ that of Redis alone" })
        #expect(ratio[2] == "4.0")
        #expect(ratio[5] == "≤ 5: met")
        #expect(table.text().contains("old contract on Node"))
        for line in table.markdown().split(separator: "\n") { #expect(line.count { $0 == "|" } == 7) }
    }

    @Test("names every fault with its server")
    func faults() throws {
        var lossy = WorkloadResult(workload: .fanOut, problems: ["odd"])
        lossy.lost = 3
        let comparison = try #require(Comparison([report("nchan", [lossy])]))
        #expect(comparison.problems == ["nchan, W3: 3 lost, odd"])
        #expect(try sample().problems.isEmpty)
        #expect(Comparison([]) == nil)
    }

    @Test("is the same after it was written and read as JSON")
    func json() throws {
        let report = report("node", [pairs(1.5), cluster(p99: 7)])
        let read = try JSONDecoder().decode(BenchReport.self, from: report.json())
        #expect(try read.json() == report.json())
        #expect(read.server == "node")
    }

    @Test("writes its part of a page and leaves the rest")
    func page() throws {
        let page = "# A\n\nprose\n\n\(PerformancePage.begin)\nold\n\(PerformancePage.end)\n\n## B\n"
        let measured = PerformancePage.measured(try sample(), versions: "Redis 7")
        let replaced = try PerformancePage.replacing(measured, in: page)
        #expect(replaced.hasPrefix("# A\n\nprose\n\n\(PerformancePage.begin)\n\n"))
        #expect(replaced.hasSuffix("\n\n\(PerformancePage.end)\n\n## B\n"))
        #expect(!replaced.contains("old\n"))
        #expect(replaced.contains("| W1 |") && replaced.contains("Redis 7"))
        #expect(replaced.contains("Not in the table: ") && replaced.contains("nchan"))
        #expect(try PerformancePage.replacing(measured, in: replaced) == replaced)
        #expect(throws: PageWithoutMarks.self) { try PerformancePage.replacing(measured, in: "# A\n") }
    }

    @Test("has a page with the marks, and every drawing that the page shows")
    func committedPage() throws {
        let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs")
        let page = try String(contentsOf: docs.appending(path: "performance.md"), encoding: .utf8)
        _ = try PerformancePage.replacing("", in: page)
        let images = page.matches(of: /\(images\/(performance-[a-z]+\.svg)\)/).map { String($0.1) }
        #expect(!images.isEmpty)
        for image in images { #expect(try isXML(Data(contentsOf: docs.appending(path: "images/\(image)")))) }
    }

    @Test("draws what was measured as well-formed SVG that needs nothing else")
    func drawings() throws {
        let plots = PerformancePlots.all(of: try sample(named: "<&\">"))
        #expect(plots.map(\.name) == ["performance-cpu", "performance-cluster", "performance-latency"])
        for plot in plots {
            #expect(isXML(Data(plot.svg.utf8)), "\(plot.name)")
            #expect(plot.svg.contains("prefers-color-scheme:dark"))
            #expect(!plot.svg.contains("href") && !plot.svg.contains("<script"))
        }
        #expect(plots[0].svg.contains(">48.0</text>"))
        #expect(plots[2].svg.contains("Redis alone"))
        #expect(plots.allSatisfy { !$0.svg.contains("nan") && !$0.svg.contains("inf\"") })
    }

    @Test("draws bars in proportion", arguments: [1.0, 250, 0.001])
    func proportion(unit: Double) throws {
        var drawing = Drawing()
        let bars = [(Server.node, 1.0), (.nchan, 4.0)].map { server, value in
            BarPanel.Bar(server: server, value: value * unit, label: "")
        }
        BarPanel(title: "", bars: bars).draw(on: &drawing, at: 0)
        let svg = drawing.svg(width: 1, height: 1, title: "")
        let widths = svg.matches(of: /<rect class="[a-z]+" x="170" y="\d+" width="([\d.]+)"/).compactMap {
            Double($0.1)
        }
        #expect(widths.count == 2)
        #expect(abs(widths[1] / widths[0] - 4) < 0.01)
    }

    private func isXML(_ data: Data) -> Bool { XMLParser(data: data).parse() }

    private func sample(named other: String = "mine") throws -> Comparison {
        var reports = [9.0, 30, 10].map { report("node", [pairs($0), cluster(p99: 400)]) }
        reports += [50.0, 47, 48].map { report("old-contract", [pairs($0)]) }
        reports.append(report(other, [pairs(20)]))
        return try #require(Comparison(reports))
    }

    private func report(_ server: String, _ workloads: [WorkloadResult]) -> BenchReport {
        BenchReport(
            machine: Machine(cores: 2, cpu: "CPU", system: "Linux"), server: server, seconds: 3, workloads: workloads)
    }

    private func pairs(_ cpu: Double) -> WorkloadResult {
        var result = WorkloadResult(workload: .pairs)
        result.cpuMicrosPerDelivery = cpu
        return result
    }

    private func cluster(p99: Double) -> WorkloadResult {
        var result = WorkloadResult(workload: .cluster)
        result.cpuMicrosPerDelivery = 30
        result.redisCpuMicrosPerDelivery = 4
        result.latencyMicros = LatencyPercentiles(p50: 200, p90: 300, p99: p99, p999: 800, max: 2_000)
        result.redisFloorMicros = LatencyPercentiles(p50: 80, p90: 90, p99: 100, p999: 200, max: 900)
        return result
    }
}
