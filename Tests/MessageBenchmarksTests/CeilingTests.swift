import Foundation
import Testing

@testable import MessageBenchmarks

@Suite("The ceilings of what a message costs")
struct CeilingTests {
    private let limit = Measurement(allocations: 2, cpu: 1)

    @Test("the committed file has one for every piece, and no other")
    func complete() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Benchmarks/ceilings.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        let ceilings = try Ceilings(json: text)
        #expect(ceilings.names == Benchmark.all.map(\.name))
        #expect(ceilings.json == text, "written by --update, not by hand")
    }

    @Test("a piece does the work that it is measured by", arguments: Benchmark.all.map(\.name))
    func works(name: String) throws {
        let benchmark = try #require(Benchmark.all.first { $0.name == name })
        let run = try benchmark.prepare()
        #expect(try run(3) == 3 * benchmark.workPerMessage)
    }

    @Test("a twentieth more is allowed, anything above is not; a fifth less is worth a word")
    func verdicts() {
        func verdict(_ allocations: Double, _ cpu: Double) -> Verdict {
            Verdict(Measurement(allocations: allocations, cpu: cpu), under: limit)
        }
        #expect(verdict(2, 1) == .within)
        #expect(verdict(2.1, 1.05) == .within)
        #expect(verdict(2.11, 1) == .grown(allocations: true, cpu: false))
        #expect(verdict(2, 1.06) == .grown(allocations: false, cpu: true))
        #expect(verdict(1, 1.06) == .grown(allocations: false, cpu: true), "one figure does not pay for the other")
        #expect(verdict(1.5, 1) == .farBelow)
        #expect(verdict(2, 0.7) == .farBelow)
    }

    @Test("where nothing is allocated, one block in a hundred messages is too much")
    func nothing() {
        let nothing = Measurement(allocations: 0, cpu: 1)
        #expect(Verdict(Measurement(allocations: 0.01, cpu: 1), under: nothing).isGrown)
        #expect(Verdict(nothing, under: nothing) == .within)
    }

    /// A piece that needs these CPU times, one per sweep, and the last one ever after.
    private func inspection(_ times: [Double], reference: Double = 1) -> Inspection {
        var sweeps = 0
        return Inspection([
            Probe(name: "frame", allocations: 2) {
                sweeps += 1
                return .init(reference: reference, piece: times[min(sweeps, times.count) - 1])
            }
        ])
    }

    private let ceilings = Ceilings([("frame", Measurement(allocations: 2, cpu: 1))])

    @Test("the best sweep counts, and a piece that seems slower gets more of them")
    func patience() throws {
        var disturbed = inspection([Double](repeating: 2, count: Inspection.patience - 1) + [1.04])
        #expect(try disturbed.compare(with: ceilings).map(\.verdict) == [.within])
        var grown = inspection([Double](repeating: 2, count: Inspection.patience - 1) + [1.06])
        let rows = try grown.compare(with: ceilings)
        #expect(rows.map(\.isRefused) == [true])
        #expect(rows.map(\.measured.cpu) == [1.06])
    }

    @Test("a slow machine is slow in both")
    func slowMachine() throws {
        var slow = inspection([7], reference: 7)
        #expect(try slow.compare(with: ceilings).map(\.verdict) == [.within])
    }

    @Test("a piece without a ceiling is refused")
    func unknown() throws {
        var inspection = inspection([1])
        #expect(try inspection.compare(with: Ceilings([])).map(\.isRefused) == [true])
    }

    @Test("a new ceiling is what the middle sweep needs")
    func updates() throws {
        var inspection = inspection((0..<Inspection.patience).map { Double($0) + 1 })
        let middle = Double(Inspection.patience / 2) + 1
        #expect(try inspection.renew(ceilings).map(\.measured) == [Measurement(allocations: 2, cpu: middle)])
    }
}
