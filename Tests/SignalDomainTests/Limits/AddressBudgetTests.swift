import SignalDomain
import Testing

@Suite("AddressBudget")
struct AddressBudgetTests {
    let one = AddressKey(ClientAddress(ipv4: 1))
    let other = AddressKey(ClientAddress(ipv4: 2))

    private func budget(connections: Int = 2, messages: Int = 3) -> AddressBudget {
        var limits = AddressBudget.Limits()
        limits.maxConnections = connections
        limits.maxMessages = messages
        return AddressBudget(limits: limits)
    }

    @Test("the defaults are 12 connections and 300 messages in 60 s")
    func defaults() {
        let limits = AddressBudget.Limits()
        #expect(limits.maxConnections == 12 && limits.maxMessages == 300 && limits.windowMs == 60_000)
    }

    @Test("an address has its slots, and each close gives one back")
    func countsConnections() {
        var budget = budget()
        #expect(budget.open(one) && budget.open(one) && !budget.open(one))
        #expect(budget.open(other) == true)
        budget.close(one)
        #expect(budget.open(one) && !budget.open(one))
        #expect(budget.connections(of: one) == 2)
    }

    @Test("what other nodes hold counts too")
    func countsElsewhere() {
        var budget = budget()
        #expect(budget.open(one, elsewhere: 1) && !budget.open(one, elsewhere: 1))
        #expect(!budget.open(other, elsewhere: 2) && !budget.open(other, elsewhere: .max))
        #expect(budget.open(one, elsewhere: .min) && !budget.open(one, elsewhere: .min))
        #expect(budget.admitMessage(one, elsewhere: 2, nowMs: 0) == .admitted)
        #expect(budget.admitMessage(one, elsewhere: 2, nowMs: 0) != .admitted)
    }

    @Test("a window begins with the first message and ends 60 s later, whatever was refused in it")
    func countsMessages() {
        var budget = budget()
        for time: Int64 in [100, 200, 59_000] { #expect(budget.admitMessage(one, nowMs: time) == .admitted) }
        #expect(budget.admitMessage(one, nowMs: 59_100) == .refused(retryAfterMs: 1000))
        #expect(budget.admitMessage(other, nowMs: 59_100) == .admitted)
        #expect(budget.admitMessage(one, nowMs: 60_099) == .refused(retryAfterMs: 1))
        for time: Int64 in [60_100, 60_101, 60_102] { #expect(budget.admitMessage(one, nowMs: time) == .admitted) }
        #expect(budget.admitMessage(one, nowMs: 60_103) == .refused(retryAfterMs: 59_997))
    }

    @Test("a limit of 0 is no limit")
    func switchesOff() {
        var budget = budget(connections: 0, messages: 0)
        for _ in 0..<1000 { #expect(budget.open(one) && budget.admitMessage(one, nowMs: 0) == .admitted) }
    }

    @Test("reconnecting does not open a new window")
    func keepsTheWindowOverReconnects() {
        var budget = budget()
        #expect(budget.open(one) == true)
        for _ in 0..<3 { _ = budget.admitMessage(one, nowMs: 0) }
        budget.close(one)
        #expect(budget.open(one) && budget.admitMessage(one, nowMs: 1) != .admitted)
    }

    @Test("a message may count as several, and one over the whole limit passes an untouched budget")
    func charges() {
        var budget = budget(messages: 10)
        #expect(budget.admitMessage(one, cost: 4, nowMs: 0) == .admitted)
        #expect(budget.admitMessage(one, cost: 4, nowMs: 0) == .admitted)
        #expect(budget.admitMessage(one, cost: 4, nowMs: 0) != .admitted)
        #expect(budget.admitMessage(one, cost: 2, nowMs: 0) == .admitted, "what was refused costs nothing")
        #expect(budget.admitMessage(other, cost: .max, nowMs: 0) == .admitted)
        #expect(budget.admitMessage(other, nowMs: 0) != .admitted)
    }

    @Test("with delay a spent budget refills steadily, and what was used fades")
    func delays() {
        var limits = AddressBudget.Limits()
        limits.maxMessages = 60
        limits.counting = .delay
        var budget = AddressBudget(limits: limits)
        for _ in 0..<60 { #expect(budget.admitMessage(one, nowMs: 0) == .admitted) }
        #expect(budget.admitMessage(one, nowMs: 0) == .refused(retryAfterMs: 1_000))
        #expect(budget.admitMessage(one, nowMs: 1_000) == .admitted)
        #expect(budget.busiest(connections: 1, messages: 1, limit: 9, nowMs: 31_000).map(\.messages) == [30])
        budget.prune(nowMs: 60_999)
        #expect(budget.count == 1)
        budget.prune(nowMs: 61_000)
        #expect(budget.count == 0)
    }

    @Test("prune forgets who is gone and keeps who is here")
    func prunes() {
        var budget = budget()
        #expect(budget.open(one) == true)
        _ = budget.admitMessage(one, nowMs: 0)
        for number in 10..<1010 { _ = budget.admitMessage(AddressKey(ClientAddress(ipv4: UInt32(number))), nowMs: 0) }
        budget.prune(nowMs: 59_999)
        #expect(budget.count == 1001)
        budget.prune(nowMs: 60_000)
        #expect(budget.count == 1 && budget.connections(of: one) == 1)
    }

    @Test("any order of opens and closes ends at zero, and too many closes do no harm")
    func endsAtZero() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        var budget = budget(connections: 5)
        var open: [AddressKey] = []
        for _ in 0..<10_000 {
            if random.chance(50) {
                let key = random.pick([one, other])
                if budget.open(key) { open.append(key) }
            } else if !open.isEmpty {
                budget.close(open.remove(at: Int.random(in: 0..<open.count, using: &random)))
            }
            #expect(budget.connections(of: one) == open.count { $0 == one }, "seed \(seed)")
        }
        for key in open { budget.close(key) }
        budget.close(one)
        #expect(budget.count == 0, "seed \(seed)")
        #expect(budget.open(one) && budget.connections(of: one) == 1)
    }

    @Test("the busiest addresses are told, the largest share of a limit first")
    func tellsTheBusiest() {
        var budget = budget(connections: 10, messages: 100)
        let third = AddressKey(ClientAddress(ipv4: 3))
        for (key, count) in [(one, 3), (other, 5), (third, 1)] {
            for _ in 0..<count { #expect(budget.open(key) == true) }
        }
        for _ in 0..<40 { _ = budget.admitMessage(third, nowMs: 0) }
        func told(_ connections: Int, _ messages: Int, limit: Int = 9, nowMs: Int64 = 1) -> [AddressKey] {
            budget.busiest(connections: connections, messages: messages, limit: limit, nowMs: nowMs).map(\.key)
        }
        #expect(told(2, 50) == [other, one])
        #expect(told(2, 40) == [other, third, one])
        #expect(told(2, 40, limit: 1) == [other])
        #expect(told(2, 40, nowMs: 60_000) == [other, one], "a window that is over counts no more")
        #expect(told(0, 0) == [other, third, one], "whoever uses nothing is never told")
        #expect(budget.busiest(connections: 2, messages: 40, limit: 9, nowMs: 1)[1].messages == 40)
    }
}
