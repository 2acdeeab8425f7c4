import SignalDomain
import Testing

@Suite("Messages that wait for a PeerJS client")
struct PeerJSQueuesTests {
    private var queues = PeerJSQueues()
    private var limits = PeerJSQueues.Limits()
    private let bob: PeerID
    private let eve: PeerID

    init() throws {
        bob = try PeerID("bob")
        eve = try PeerID("eve")
    }

    private mutating func submit(_ word: String, to peer: PeerID, isVital: Bool = true) -> [PeerJSQueues.Action] {
        queues.submit(Array(word.utf8), to: peer, isVital: isVital, limits: limits)
    }

    private mutating func answer(_ outcome: PassOutcome, by peer: PeerID, at now: Int64) -> [PeerJSQueues.Action] {
        queues.answered(outcome, by: peer, now: now, limits: limits)
    }

    private mutating func tick(_ now: Int64) -> [PeerJSQueues.Action] { queues.tick(now: now, limits: limits) }

    private func pass(_ word: String, to peer: PeerID) -> PeerJSQueues.Action { .pass(Array(word.utf8), to: peer) }

    @Test("one message for a receiver is on its way at a time; receivers do not wait for each other")
    mutating func order() {
        #expect(submit("1", to: bob) == [pass("1", to: bob)])
        #expect(submit("2", to: bob) == [])
        #expect(submit("3", to: eve) == [pass("3", to: eve)])
        #expect(answer(.delivered, by: bob, at: 0) == [pass("2", to: bob)])
        #expect(answer(.delivered, by: bob, at: 0) == [])
        #expect(submit("4", to: bob) == [pass("4", to: bob)])
    }

    @Test("who comes in time gets everything, in order", arguments: [PassOutcome.absent, .unreachable])
    mutating func waits(outcome: PassOutcome) {
        _ = submit("1", to: bob)
        _ = submit("2", to: bob)
        #expect(answer(outcome, by: bob, at: 1_000) == [])
        #expect(tick(1_399) == [])
        #expect(tick(1_400) == [pass("1", to: bob)])
        #expect(tick(1_900) == [], "it is on its way")
        #expect(answer(outcome, by: bob, at: 2_000) == [])
        #expect(tick(2_400) == [pass("1", to: bob)])
        #expect(answer(.delivered, by: bob, at: 2_401) == [pass("2", to: bob)])
        #expect(answer(.delivered, by: bob, at: 2_402) == [])
        #expect(tick(60_000) == [])
    }

    @Test("who does not come in time is said once to be away, and all for it is forgotten")
    mutating func expires() {
        _ = submit("1", to: bob)
        _ = answer(.absent, by: bob, at: 0)
        _ = submit("2", to: bob)
        _ = submit("bye", to: bob, isVital: false)
        #expect(tick(4_999) == [pass("1", to: bob)])
        #expect(answer(.absent, by: bob, at: 5_000) == [])
        #expect(tick(5_000) == [.expire(bob)])
        #expect(tick(9_000) == [])
        #expect(submit("3", to: bob) == [pass("3", to: bob)])
    }

    @Test("nobody waits with a LEAVE")
    mutating func leave() {
        _ = submit("bye", to: bob, isVital: false)
        #expect(answer(.absent, by: bob, at: 0) == [])
        #expect(tick(10_000) == [])
        #expect(submit("1", to: bob) == [pass("1", to: bob)])
    }

    @Test("more than may wait is refused at once")
    mutating func bounds() {
        limits.messages = 2
        _ = submit("1", to: bob)
        _ = submit("2", to: eve)
        #expect(submit("3", to: bob) == [.expire(bob)])
        #expect(submit("bye", to: bob, isVital: false) == [])
        #expect(answer(.delivered, by: bob, at: 0) == [])
        #expect(submit("3", to: bob) == [pass("3", to: bob)])
        limits.messages = 100
        limits.bytes = 4
        #expect(submit("xxx", to: bob) == [.expire(bob)])
        #expect(submit("xx", to: bob) == [])
    }

    @Test("an answer that nobody asked for changes nothing")
    mutating func strayAnswer() {
        #expect(answer(.delivered, by: bob, at: 0) == [])
        _ = submit("1", to: bob)
        _ = answer(.absent, by: bob, at: 0)
        #expect(answer(.delivered, by: bob, at: 1) == [])
        #expect(tick(400) == [pass("1", to: bob)])
    }

    @Test("whatever happens, each receiver gets its messages in order, and each ends", arguments: 0..<40)
    mutating func randomized(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let peers = try (0..<3).map { try PeerID("p\($0)") }
        var (sent, got) = ([PeerID: Int](), [PeerID: Int]())
        var asked: [PeerID: Int] = [:]
        var now: Int64 = 0
        func note(_ actions: [PeerJSQueues.Action]) {
            for action in actions {
                switch action {
                case .pass(let text, let peer):
                    #expect(asked[peer] == nil, "seed \(seed)")
                    asked[peer] = Int(String(decoding: text, as: UTF8.self))
                case .expire: break
                }
            }
        }
        for _ in 0..<300 {
            now += Int64.random(in: 0...300, using: &random)
            let peer = random.pick(peers)
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                sent[peer, default: 0] += 1
                note(submit("\(sent[peer, default: 0])", to: peer))
            case 1:
                guard let number = asked.removeValue(forKey: peer) else { continue }
                let outcome: PassOutcome = random.chance(60) ? .delivered : random.pick([.absent, .unreachable])
                if outcome == .delivered {
                    #expect(number > got[peer, default: 0], "seed \(seed)")
                    got[peer] = number
                }
                note(answer(outcome, by: peer, at: now))
            default: note(tick(now))
            }
        }
        for peer in peers where asked.removeValue(forKey: peer) != nil { note(answer(.absent, by: peer, at: now)) }
        note(tick(now + 10_000))
        #expect(asked.isEmpty, "seed \(seed)")
        // Nothing is left that would keep a later message from going at once.
        limits.messages = 3
        for peer in peers { #expect(submit("last", to: peer) == [pass("last", to: peer)], "seed \(seed)") }
    }
}
