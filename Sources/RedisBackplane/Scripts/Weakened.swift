#if DEBUG
    import Backplane

    /// A script without one of its rules: what it takes to show, on a running cluster, what the rule prevents.
    ///
    /// The scripts of production have no switch; a weakened one is made of the same text with a line changed.
    struct Weakening: Sendable {
        let rule: Guards
        let scripts: [Script]
        let line: String
        let instead: String

        static let all = [
            Weakening(
                rule: .compareAndDelete, scripts: [.leave],
                line: "if r.nid ~= ARGV[1] or r.cid ~= ARGV[4] then return {'GONE'} end", instead: ""),
            Weakening(
                rule: .durableSweep, scripts: [.heartbeat],
                line: "redis.call('ZADD', KEYS[4], now, nid)", instead: ""),
            Weakening(
                rule: .durableSweep, scripts: [.heartbeat],
                line: "for _, nid in ipairs(lost) do tell(live, frame('D', text(nid))) end", instead: ""),
            Weakening(
                rule: .durableSweep, scripts: [.heartbeat],
                line: "redis.call('ZRANGE', KEYS[4], 0, -1)}", instead: "lost}"),
            Weakening(
                rule: .renewOnly, scripts: [.heartbeat],
                line: "if not redis.call('ZSCORE', KEYS[3], ARGV[1]) then return {'FENCED'} end", instead: ""),
            Weakening(
                rule: .renewOnly, scripts: [.heartbeat],
                line: "redis.call('ZADD', KEYS[3], 'XX', now + ARGV[3], ARGV[1])",
                instead: "redis.call('ZADD', KEYS[3], now + ARGV[3], ARGV[1])"),
            Weakening(
                rule: .announceDeletes, scripts: [.announce],
                line: "local gone, count = {}, 0", instead: "do return {'OK', lost, waiting} end"),
            Weakening(
                rule: .storedBeforeAck, scripts: [.send],
                line: "local id = append(keys, r.sid, ARGV[5], #payload, ARGV[9])",
                instead: """
                    local now = micros()
                    local id = whole(math.floor(now / 1000)) .. '-' .. whole(now % 1000)
                    """),
            Weakening(
                rule: .undeliverTells, scripts: [.join, .leave, .announce, .sweep],
                line: "for _, entry in ipairs(letters) do", instead: "for _, entry in ipairs({}) do"),
        ]
    }

    extension Script {
        /// The text of the script without the rules in `guards`, as far as these are its own.
        func source(without guards: Guards) -> String {
            Weakening.all.filter { guards.contains($0.rule) && $0.scripts.contains(self) }
                .reduce(source) { $0.replacing($1.line, with: $1.instead) }
        }
    }
#endif
