import Testing

@testable import Backplane
@testable import RedisBackplane

/// Scripts that lack a rule show on a running cluster what the rule prevents; they must differ from those of production
/// in that rule, and in nothing else.
@Suite("Weakened scripts")
struct WeakenedTests {
    static let rules: [Guards] = [
        .compareAndDelete, .durableSweep, .renewOnly, .announceDeletes, .storedBeforeAck, .undeliverTells,
    ]

    @Test("each line that a weakening changes is in its scripts exactly once")
    func linesAreFound() {
        for weakening in Weakening.all {
            for script in weakening.scripts {
                let count = script.source.ranges(of: weakening.line).count
                #expect(count == 1, "\(weakening.line) in \(script)")
                #expect(!script.source(without: weakening.rule).contains(weakening.line))
            }
        }
    }

    @Test("each rule changes its own scripts and no other", arguments: rules)
    func changes(_ rule: Guards) {
        let changed = Script.allCases.filter { $0.source(without: rule) != $0.source }
        let meant = Weakening.all.filter { $0.rule == rule }.flatMap(\.scripts)
        #expect(!changed.isEmpty)
        #expect(Set(changed) == Set(meant))
    }

    @Test("no weakening is for a rule that is not listed, and none is on by itself")
    func nothingElse() {
        #expect(Set(Weakening.all.map(\.rule)) == Set(Self.rules))
        for script in Script.allCases { #expect(script.source(without: []) == script.source) }
    }

    @Test("a script without several rules lacks each of them")
    func several() {
        let both = Script.heartbeat.source(without: [.durableSweep, .renewOnly])
        for weakening in Weakening.all where weakening.scripts.contains(.heartbeat) {
            #expect(!both.contains(weakening.line))
        }
    }
}
