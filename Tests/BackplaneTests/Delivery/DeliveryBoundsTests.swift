import NIOCore
import SignalDomain
import Testing

@testable import Backplane

@Suite("Bounds and outages of directed signals")
struct DeliveryBoundsTests {
    private func rig(_ names: String..., limits: Delivery.Limits = .init(), isLive: Bool = true) -> DeliveryRig {
        var rig = DeliveryRig(limits: limits, isLive: isLive)
        for name in names { rig.seat(name) }
        return rig
    }

    @Test("a receiver holds 256 unconfirmed signals, then the next is refused")
    func fullShelf() {
        var rig = rig("ann", "bob")
        for number in 1...256 { #expect(rig.send("\(number)", to: "bob").count == 1) }
        #expect(rig.send("257", to: "bob") == [.tells("ann", "257", .refused(.full))])
        _ = rig.confirm("bob", through: 1)
        #expect(rig.send("258", to: "bob") == [.delivers("258", to: "bob", 257)])
    }

    @Test("a full inbox refuses what was not promised, and makes what was wait")
    func fullInbox() {
        var rig = rig("ann")
        _ = rig.send("1", to: "far")
        #expect(rig.answer(.full) == [.tells("ann", "1", .refused(.full))])
        _ = rig.send("2", to: "far")
        _ = rig.store()
        _ = rig.loseStore()
        #expect(rig.findStore() == [.sends("2", to: "far")])
        #expect(rig.answer(.full) == [])
        #expect(rig.pass(249) == [])
        #expect(rig.pass(1) == [.sends("2", to: "far")])
    }

    @Test(
        "what its client was given and the inbox does not take ends with a receipt or with time, not with a refusal",
        arguments: [SendOutcome.full, .notFound])
    func refusedAfterHandOver(_ refusal: SendOutcome) {
        var rig = rig("ann", "bob")
        _ = rig.send("1", to: "bob")
        _ = rig.send("2", to: "bob")
        #expect(rig.pass(150) == [.sends("1", to: "bob"), .sends("2", to: "bob")])
        #expect(rig.answer(refusal) == [])
        #expect(rig.answer(refusal) == [])
        #expect(rig.pass(1_000) == [], "nor is it tried again")
        #expect(rig.confirm("bob", through: 1) == [.tells("ann", "1", .received)])
        #expect(rig.pass(3_850) == [.tells("ann", "2", .refused(.timeout))])
        #expect(!rig.delivery.isBusy)
    }

    @Test("a refusal does not say what became of a signal whose client went away with it", arguments: [true, false])
    func refusedAfterDetach(_ isBefore: Bool) {
        var rig = rig("ann", "bob")
        _ = rig.send("1", to: "bob")
        if isBefore { _ = rig.detach("bob") } else { _ = rig.pass(150) }
        let unknown = DeliveryRig.Event.tells("ann", "1", .refused(.timeout))
        #expect(rig.answer(.full) == (isBefore ? [unknown] : []))
        if !isBefore { #expect(rig.detach("bob") == [unknown]) }
        #expect(rig.seat("bob") == [], "it must not come behind what was stored")
        #expect(!rig.delivery.isBusy)
    }

    @Test("a sender and a node keep copies up to their bytes")
    func bytes() {
        var limits = Delivery.Limits()
        limits.bytesPerSession = 100
        limits.bytesPerNode = 150
        var rig = rig("ann", "ben", limits: limits)
        #expect(rig.send("1", to: "far", bytes: 60) == [.sends("1", to: "far")])
        #expect(rig.send("2", to: "far", bytes: 60) == [.tells("ann", "2", .refused(.full))])
        #expect(rig.send("3", from: "ben", to: "far", bytes: 90) == [.sends("3", to: "far")])
        #expect(rig.send("4", from: "ben", to: "far", bytes: 1) == [.tells("ben", "4", .refused(.full))])
        #expect(rig.answer(.notFound) == [.tells("ann", "1", .refused(.notFound))])
        #expect(rig.send("5", to: "far", bytes: 60) == [.sends("5", to: "far")])
    }

    @Test("without the shared state a remote signal is refused at once, and a local one arrives")
    func degraded() {
        var rig = rig("ann", "bob", isLive: false)
        #expect(rig.send("1", to: "far") == [.tells("ann", "1", .refused(.degraded))])
        #expect(rig.send("2", to: "bob") == [.delivers("2", to: "bob", 1)])
        #expect(rig.pass(1_000) == [], "there is nowhere to store it")
        #expect(rig.confirm("bob", through: 1) == [.tells("ann", "2", .received)])
    }

    @Test("a sender learns within 5 s that nothing is known, and what was given up does not come later")
    func timeout() {
        var rig = rig("ann", "bob", isLive: false)
        _ = rig.send("1", to: "bob")
        #expect(rig.pass(4_999) == [])
        #expect(rig.pass(1) == [.tells("ann", "1", .refused(.timeout))])
        #expect(!rig.delivery.isBusy)
        _ = rig.detach("bob")
        #expect(rig.seat("bob") == [])
    }

    @Test("what is under way is not given up")
    func noTimeoutUnderWay() {
        var rig = rig("ann")
        _ = rig.send("1", to: "far")
        #expect(rig.pass(10_000) == [])
        #expect(rig.store() == [.tells("ann", "1", .stored)])
    }

    @Test("a copy that is kept for too long is reported")
    func oldCopy() {
        var rig = rig("ann")
        _ = rig.send("1", to: "far")
        _ = rig.store()
        #expect(rig.pass(599_000) == [])
        #expect(rig.pass(1_000) == [.delivers("news of 1", to: "ann", 1)])
    }

    @Test("what was promised does not age while the shared state is away")
    func outageStopsTheClock() {
        var rig = rig("ann")
        _ = rig.send("1", to: "far")
        _ = rig.store()
        #expect(rig.pass(100_000) == [])
        _ = rig.loseStore()
        #expect(rig.pass(700_000) == [])
        #expect(rig.findStore() == [.sends("1", to: "far")])
        #expect(rig.pass(25) == [])
        #expect(rig.store() == [])
        #expect(rig.pass(499_974) == [])
        #expect(rig.pass(1) == [.delivers("news of 1", to: "ann", 1)])
    }

    @Test("a tick looks at what is due, however many copies wait")
    func cheapTick() {
        var rig = rig("ann", "bob")
        let count: UInt64 = 100_000
        for number in 1...count {
            let pair = Pair(
                room: DeliveryRig.room, from: peer("ann"), session: DeliveryRig.session("ann"),
                to: peer("far\(number)"))
            let letter = Letter(
                from: pair.from, session: pair.session, node: rig.delivery.node, number: number, id: "\(number)",
                payload: ByteBuffer())
            var copy = Copy(letter: letter, pair: pair, state: .stored, since: rig.now + Int64(number))
            copy.isPromised = true
            rig.delivery.copies.insert(copy)
            _ = rig.delivery.copies.nextNumber()
        }
        rig.delivery.planAll(now: rig.now)
        for _ in 0..<100 {
            rig.now += 25
            #expect(rig.delivery.tick(now: rig.now) == 0)
        }
        #expect(rig.send("last", to: "bob") == [.delivers("last", to: "bob", 1)])
        #expect(rig.delivery.tick(now: rig.now + 150) == 1)
        #expect(rig.events() == [.sends("last", to: "bob")])
        #expect(rig.delivery.copies.submitted(to: DeliveryRig.place("bob")) == [count + 1])
        rig.now = 1_000 + rig.delivery.limits.copyMs + 7
        #expect(rig.delivery.tick(now: rig.now) == 7)
        #expect(rig.delivery.copies.count == Int(count) - 6)
    }

    @Test("a tick later forgets what was done long before its time")
    func agendaIsBounded() {
        var rig = rig("ann")
        for number in 1...3_000 {
            _ = rig.send("\(number)", to: "far")
            _ = rig.store()
            rig.delivery.heard([UInt64(number)], .received)
        }
        #expect(rig.delivery.agenda.count >= 3_000)
        _ = rig.pass(25)
        #expect(rig.delivery.agenda.count == 0)
    }

    @Test("what waits behind a copy that is done goes with the next tick")
    func nextInLine() {
        var rig = rig("ann")
        _ = rig.send("1", to: "far")
        #expect(rig.answer(.notFound, isListed: true, isSettling: true) == [.rereads])
        #expect(rig.send("2", to: "far") == [])
        rig.delivery.heard([1], .received)
        #expect(rig.events() == [.tells("ann", "1", .received)])
        #expect(rig.pass(25) == [.sends("2", to: "far")])
    }

    @Test("a connection that turns out to be fast has its signals stored sooner")
    func fasterRoundTrip() {
        var rig = rig("ann", "bob")
        rig.delivery.noteRoundTrip(300, at: DeliveryRig.place("bob"))
        _ = rig.send("1", to: "bob")
        #expect(rig.pass(150) == [])
        rig.delivery.noteRoundTrip(60, at: DeliveryRig.place("bob"))
        #expect(rig.pass(29) == [])
        #expect(rig.pass(1) == [.sends("1", to: "bob")])
    }

    @Test("after an outage copies are submitted again, one by one, when their room is read")
    func resubmission() {
        var rig = rig("ann")
        for id in ["1", "2"] {
            _ = rig.send(id, to: "far")
            _ = rig.store()
        }
        _ = rig.loseStore()
        #expect(rig.findStore(recovering: [DeliveryRig.room]) == [])
        #expect(rig.send("3", to: "far") == [])
        #expect(rig.reopen() == [.sends("1", to: "far")])
        #expect(rig.store() == [.sends("2", to: "far")], "and `stored` is not said twice")
        #expect(rig.store() == [.sends("3", to: "far")])
        #expect(rig.store() == [.tells("ann", "3", .stored)])
    }

    @Test("64 signals to one peer wait for the shared state, then the next is refused")
    func fullQueue() {
        var rig = rig("ann")
        _ = rig.loseStore()
        _ = rig.findStore(recovering: [DeliveryRig.room])
        for number in 1...64 { #expect(rig.send("\(number)", to: "far") == []) }
        #expect(rig.send("65", to: "far") == [.tells("ann", "65", .refused(.full))])
    }

    @Test("nobody found while a room settles means again later, unless a later signal went ahead")
    func settling() {
        var rig = rig("ann")
        _ = rig.send("1", to: "far")
        #expect(rig.answer(.notFound, isListed: true, isSettling: true) == [.rereads])
        #expect(rig.send("2", to: "far") == [], "it waits behind")
        #expect(rig.pass(250) == [.sends("1", to: "far")])
        #expect(rig.store() == [.tells("ann", "1", .stored), .sends("2", to: "far")])
        _ = rig.send("3", to: "far")
        #expect(
            rig.answer(.notFound, isListed: true, isSettling: true) == [.tells("ann", "2", .refused(.notFound))])
    }

    @Test("what arrives after a reconnect waits until the inbox was read")
    func catchUp() {
        var rig = rig("bob")
        _ = rig.loseStore()
        let lost = rig.letter("a", number: 1)
        #expect(rig.receive(rig.letter("b", number: 2), at: "bob") == [])
        _ = rig.findStore(recovering: [DeliveryRig.room])
        let place = DeliveryRig.place("bob")
        rig.delivery.catchUp([lost], at: place, DeliveryRig.session("bob"), now: rig.now)
        #expect(rig.receive(rig.letter("c", number: 3), at: "bob") == [])
        #expect(
            rig.reopen() == [
                .delivers("a", to: "bob", 1), .delivers("b", to: "bob", 2), .delivers("c", to: "bob", 3),
            ])
    }

    @Test("receipts that an outage took are said again")
    func receiptsSurvive() {
        var rig = rig("bob")
        _ = rig.receive(rig.letter("a", number: 1), at: "bob")
        _ = rig.confirm("bob", through: 1)
        #expect(rig.pass(50) == [.confirms([1], at: "bob")])
        _ = rig.loseStore()
        _ = rig.pass(50)
        #expect(rig.findStore() == [.confirms([1], at: "bob")])
    }
}
