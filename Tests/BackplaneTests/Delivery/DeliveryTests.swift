import Testing

@testable import Backplane

@Suite("Directed signals between sessions")
struct DeliveryTests {
    private func rig(_ names: String...) -> DeliveryRig {
        var rig = DeliveryRig()
        for name in names { rig.seat(name) }
        return rig
    }

    @Test("a signal for a session of the same node needs no shared state, and its receipt neither")
    func local() {
        var rig = rig("ann", "bob")
        #expect(rig.send("1", to: "bob") == [.delivers("1", to: "bob", 1)])
        #expect(rig.confirm("bob", through: 1) == [.tells("ann", "1", .received)])
        #expect(!rig.delivery.isBusy)
    }

    @Test("a signal for another node is stored, and its sender hears of both levels")
    func remote() {
        var rig = rig("ann")
        #expect(rig.send("1", to: "far") == [.sends("1", to: "far")])
        #expect(rig.store() == [.tells("ann", "1", .stored)])
        rig.delivery.heard([1], .received)
        #expect(rig.events() == [.tells("ann", "1", .received)])
        #expect(!rig.delivery.isBusy)
    }

    @Test("a peer that cannot confirm gets its signal written, and one nobody knows none")
    func legacyAndNobody() {
        var rig = rig("ann")
        rig.seat("old", isLegacy: true)
        #expect(rig.send("1", to: "old") == [.delivers("1", to: "old", 1), .tells("ann", "1", .written)])
        #expect(rig.send("2", to: "nobody", .unlisted) == [.sends("2", to: "nobody")])
        #expect(rig.answer(.notFound) == [.tells("ann", "2", .refused(.notFound))])
        #expect(!rig.delivery.isBusy)
    }

    @Test("an ID that is under way has one effect, and says again what was promised")
    func repeated() {
        var rig = rig("ann", "bob")
        #expect(rig.send("1", to: "bob").count == 1)
        #expect(rig.send("1", to: "bob") == [])
        #expect(rig.send("2", to: "far").count == 1)
        _ = rig.store()
        #expect(rig.send("2", to: "far") == [.tells("ann", "2", .stored)])
    }

    @Test("what is not confirmed in time is stored, later on a slow connection")
    func spill() {
        var rig = rig("ann", "bob", "cid")
        rig.delivery.noteRoundTrip(100, at: DeliveryRig.place("cid"))
        _ = rig.send("1", to: "bob")
        _ = rig.send("2", to: "cid")
        #expect(rig.pass(149) == [])
        #expect(rig.pass(1) == [.sends("1", to: "bob")])
        #expect(rig.store(at: rig.delivery.node) == [.tells("ann", "1", .stored)], "bob has it already")
        #expect(rig.pass(149) == [])
        #expect(rig.pass(1) == [.sends("2", to: "cid")])
        #expect(rig.confirm("bob", through: 1) == [])
        #expect(rig.pass(50) == [.confirms([1], at: "bob")])
        #expect(rig.takeReceipts() == [.tells("ann", "1", .received)], "not before its inbox forgot it")
    }

    @Test("a receiver that loses its socket has its signals stored at once, in order")
    func detach() {
        var rig = rig("ann", "bob")
        _ = rig.send("1", to: "bob")
        _ = rig.send("2", to: "bob")
        #expect(rig.detach("bob") == [.sends("1", to: "bob"), .sends("2", to: "bob")])
        #expect(rig.send("3", to: "bob") == [.sends("3", to: "bob")])
    }

    @Test("nothing overtakes a signal that is still on its way into the inbox of its receiver")
    func noOvertaking() {
        var rig = rig("ann", "bob")
        _ = rig.detach("bob")
        #expect(rig.send("1", to: "bob") == [.sends("1", to: "bob")])
        rig.seat("bob")
        #expect(rig.send("2", to: "bob") == [.sends("2", to: "bob")], "not handed over before 1")
        #expect(rig.store(at: rig.delivery.node) == [.tells("ann", "1", .stored), .delivers("1", to: "bob", 1)])
        #expect(rig.store(at: rig.delivery.node) == [.tells("ann", "2", .stored), .delivers("2", to: "bob", 2)])
        #expect(rig.send("3", to: "bob") == [.delivers("3", to: "bob", 3)])
    }

    @Test("what waits in the inbox comes first after a return, then live signals, numbered anew")
    func replay() {
        var rig = rig("ann", "bob")
        let first = rig.letter("a", number: 1)
        let second = rig.letter("b", number: 2)
        #expect(rig.receive(first, at: "bob") == [.delivers("a", to: "bob", 1)])
        _ = rig.detach("bob")
        rig.delivery.expect(DeliveryRig.session("bob"), ConnectionID(bits: 9), at: DeliveryRig.place("bob"))
        #expect(rig.receive(second, at: "bob") == [])
        #expect(rig.seat("bob", inbox: [first, second], opens: false) == [])
        #expect(rig.receive(rig.letter("c", number: 3), at: "bob") == [], "nothing before the welcome")
        #expect(
            rig.open("bob") == [
                .delivers("a", to: "bob", 1), .delivers("b", to: "bob", 2), .delivers("c", to: "bob", 3),
            ])
    }

    @Test("letters for a session whose join is under way wait for its place, for each of its joins")
    func early() {
        var rig = rig()
        let place = DeliveryRig.place("bob")
        for bits in [UInt64(1), 7] {
            rig.delivery.expect(DeliveryRig.session("bob"), ConnectionID(bits: bits), at: place)
        }
        #expect(rig.receive(rig.letter("a", number: 1), at: "bob") == [])
        #expect(rig.seat("bob") == [.delivers("a", to: "bob", 1)])
        rig.delivery.move(from: place)
        rig.delivery.expectNoMore(DeliveryRig.session("bob"), ConnectionID(bits: 7), at: place)
        #expect(rig.delivery.arriving.isEmpty)
    }

    @Test("a letter that comes twice is handed over once and confirmed to everybody who keeps it")
    func duplicates() {
        var rig = rig("bob")
        let first = rig.letter("a", number: 1)
        var again = rig.letter("a", number: 9)
        #expect(rig.receive(first, at: "bob") == [.delivers("a", to: "bob", 1)])
        #expect(rig.receive(again, at: "bob") == [])
        _ = rig.confirm("bob", through: 1)
        #expect(rig.pass(50) == [.confirms([1, 2], at: "bob")])
        again.id = rig.nextEntry()
        #expect(rig.receive(again, at: "bob") == [], "it was confirmed before")
        #expect(rig.pass(50) == [.confirms([3], at: "bob")])
        #expect(rig.seat("bob", inbox: [again]) == [], "nor is it after a return")
        #expect(rig.pass(50) == [.confirms([3], at: "bob")])
    }

    @Test("receipts leave after 50 ms, or 64 together")
    func batches() {
        var rig = rig("bob")
        for number in UInt64(1)...65 { _ = rig.receive(rig.letter("\(number)", number: number), at: "bob") }
        #expect(rig.confirm("bob", through: 64) == [.confirms(Array(1...64), at: "bob")])
        #expect(rig.confirm("bob", through: 65) == [])
        #expect(rig.pass(49) == [])
        #expect(rig.pass(1) == [.confirms([65], at: "bob")])
    }

    @Test("a sequence of an earlier connection confirms nothing")
    func staleConfirmation() {
        var rig = rig("bob")
        let old = rig.connection(of: "bob")
        _ = rig.receive(rig.letter("a", number: 1), at: "bob")
        _ = rig.detach("bob")
        rig.seat("bob")
        rig.delivery.confirmed(old, through: 1, at: DeliveryRig.place("bob"), now: rig.now)
        #expect(rig.pass(50) == [])
    }

    @Test("a client that confirms nothing for 20 s loses its socket")
    func unconfirmed() {
        var rig = rig("bob")
        _ = rig.receive(rig.letter("a", number: 1), at: "bob")
        rig.now += 19_999
        #expect(rig.watch() == [])
        rig.now += 1
        #expect(rig.watch() == [.closes("bob")])
    }

    @Test("the senders of what a receiver that goes has not confirmed are told by a letter")
    func receiverGoes() {
        var rig = rig("ann", "bob")
        _ = rig.send("1", to: "bob")
        #expect(rig.end("bob") == [.delivers("news of 1", to: "ann", 1)])
        #expect(!rig.delivery.isBusy)
    }

    @Test("what a receiver confirmed is said before the shared state hears of its end")
    func confirmBeforeEnd() {
        var rig = rig("bob")
        _ = rig.receive(rig.letter("a", number: 1), at: "bob")
        _ = rig.confirm("bob", through: 1)
        #expect(rig.end("bob") == [.confirms([1], at: "bob")])
    }

    @Test("what was reported as undeliverable is not submitted again")
    func newsEndsTheCopy() {
        var rig = rig("ann")
        _ = rig.send("1", to: "far")
        _ = rig.store()
        let copy = rig.delivery.copies[1]
        let news = Letter.undeliverable(
            copy!.letter, to: peer("far"), DeliveryRig.session("far"), reason: .left)  // it is stored just above
        #expect(
            rig.receive(InboxEntry(id: rig.nextEntry(), letter: news), at: "ann")
                == [.delivers("news of 1", to: "ann", 1)])
        #expect(rig.delivery.copies.isEmpty)
    }

    @Test("a signal that is repeated on a welcome has the end that waits for its sender, and no other")
    func oneEndAfterReturn() {
        var rig = DeliveryRig()
        let news = rig.news(of: "1", to: "far")
        rig.seat("ann", inbox: [news])
        #expect(rig.send("1", to: "far") == [])
        #expect(rig.send("2", to: "far") == [.sends("2", to: "far")])
        #expect(rig.confirm("ann", through: 1) == [])
        #expect(rig.pass(50) == [.confirms([1], at: "ann")])
    }

    @Test("news that a signal is undeliverable never follows another end of it")
    func oneEnd() {
        var rig = rig("ann")
        _ = rig.send("1", to: "far")
        #expect(rig.answer(.notFound) == [.tells("ann", "1", .refused(.notFound))])
        let news = rig.news(of: "1", to: "far")
        #expect(rig.receive(news, at: "ann") == [])
        #expect(rig.pass(50) == [.confirms([1], at: "ann")], "the inbox forgets it")
        #expect(rig.seat("ann", inbox: [news]) == [], "nor after a return")
        #expect(rig.receive(rig.news(of: "1", to: "away"), at: "ann") == [.delivers("news of 1", to: "ann", 1)])
    }

    @Test("an end that may not have reached its sender is none: the repeated signal has another one")
    func endUnheard() {
        var rig = rig("ann")
        _ = rig.send("1", to: "far")
        #expect(rig.answer(.notFound) == [.tells("ann", "1", .refused(.notFound))])
        rig.seat("ann")
        #expect(rig.send("1", to: "far") == [.sends("1", to: "far")])
        _ = rig.store()
        #expect(rig.receive(rig.news(of: "1", to: "far"), at: "ann") == [.delivers("news of 1", to: "ann", 1)])
    }

    @Test("an end that is told before the client repeats its signal is the end of the repeated one too")
    func endBeforeRepetition() {
        var rig = rig("ann")
        _ = rig.send("1", to: "far")
        rig.seat("ann")
        #expect(rig.answer(.notFound) == [.tells("ann", "1", .refused(.notFound))])
        #expect(rig.send("1", to: "far") == [], "the client has not read it yet")
        #expect(rig.send("1", to: "far") == [.sends("1", to: "far")], "now it has")
    }

    @Test("a signal that is sent again after its end is a new try")
    func newTry() {
        var rig = rig("ann", "bob")
        _ = rig.send("1", to: "far")
        #expect(rig.answer(.notFound) == [.tells("ann", "1", .refused(.notFound))])
        #expect(rig.send("1", to: "far") == [.sends("1", to: "far")])
        _ = rig.send("2", to: "bob")
        #expect(rig.confirm("bob", through: 1) == [.tells("ann", "2", .received)])
        for _ in 0..<3 { #expect(rig.send("2", to: "bob") == [.tells("ann", "2", .received)]) }
    }
}
