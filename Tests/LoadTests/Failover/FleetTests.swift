import FailoverHistory
import NIOCore
import Testing

@testable import signal_load

/// Real sockets to a small dialect 2 server.
@Suite("A fleet of clients", .serialized)
struct FleetTests {
    private struct World {
        let relay: SessionRelay
        let fleet: NIOLoopBound<Fleet>
        let recorder = HistoryRecorder()

        /// Five clients in one room, welcomed.
        init(_ relay: SessionRelay) async throws {
            self.relay = relay
            let endpoint = try Endpoint("ws://127.0.0.1:\(relay.port)/signal")
            let (loop, recorder) = (relay.loop, recorder)
            fleet = try await loop.submit {
                let fleet = Fleet(
                    plan: RoomPlan(clients: 5), targets: .init(run: "test", edge: endpoint, nodes: []), firstClient: 10,
                    firstRoom: 3, seed: 1, recorder: recorder, loop: loop)
                fleet.fill()
                return NIOLoopBound(fleet, eventLoop: loop)
            }.get()
            try await until("all are in") { $0.isWhole && $0.open == 5 }
        }

        func until(_ what: String, _ condition: @escaping @Sendable (FleetState) -> Bool) async throws {
            try await signal_load.until(what, within: .seconds(10), every: .milliseconds(5)) {
                try await relay.loop.submit { [fleet] in condition(fleet.value.state) }.get()
            }
        }

        func onFleet(_ body: @escaping @Sendable (Fleet) -> Void) async throws {
            try await relay.loop.submit { [fleet] in body(fleet.value) }.get()
        }

        /// Ends the clients and gives what they recorded.
        func events() async throws -> [Event.Kind] {
            try await onFleet { $0.stop() }
            return recorder.taken().map(\.kind)
        }
    }

    @Test("joins, talks and confirms: everything sent arrives once and is confirmed")
    func talk() async throws {
        try await SessionRelay.serving { relay in
            let world = try await World(relay)
            try await world.onFleet { $0.isTalking = true }
            try await until("signals", within: .seconds(10)) {
                world.recorder.taken().count { if case .arrived = $0.kind { true } else { false } } >= 10
            }
            try await world.onFleet { $0.isTalking = false }
            try await world.until("quiet") { $0.isQuiet }
            var sent: Set<[Int]> = []
            var arrived: [[Int]] = []
            var received: Set<[Int]> = []
            var bestEffort = 0
            for event in try await world.events() {
                switch event {
                case .sent(let client, let id, let to): sent.insert([Int(client.number), id, Int(to.number)])
                case .arrived(let client, let from, let id, false):
                    arrived.append([Int(from.number), id, Int(client.number)])
                case .outcome(let client, let id, let to, .received):
                    received.insert([Int(client.number), id, Int(to.number)])
                case .bestEffortArrived: bestEffort += 1
                case .joined(_, let connection, let room, let node, let resumed, _):
                    #expect(connection == 1 && room == 3 && node == "relay" && !resumed)
                default: break
                }
            }
            #expect(sent.count >= 10 && bestEffort > 0)
            #expect(Set(arrived) == sent && arrived.count == sent.count)
            #expect(received == sent)
        }
    }

    @Test("comes back after a lost socket, says again what was not confirmed, and surfaces nothing twice")
    func resume() async throws {
        try await SessionRelay.serving { relay in
            let world = try await World(relay)
            try await relay.control { $0.withholdsReceipts = true }
            try await world.onFleet { $0.isTalking = true }
            try await world.until("signals under way") { $0.unfinished >= 5 }
            try await world.onFleet { $0.isTalking = false }
            try await relay.control { sessions in
                sessions.withholdsReceipts = false
                for peer in Array(sessions.sockets.keys) { sessions.end(peer) }
            }
            try await until("five more hellos", within: .seconds(10)) {
                try await relay.control { $0.hellos.count } >= 10
            }
            let hellos = try await relay.control { $0.hellos }
            #expect(hellos.suffix(5).allSatisfy { $0.contains(#""cn":2"#) && $0.contains(#""token":"t""#) })
            // The relay has confirmed to nobody what had arrived before: only the repetition brings `stored` now.
            try await until("answers", within: .seconds(10)) {
                world.recorder.taken().contains { event in
                    if case .outcome(_, _, _, .stored) = event.kind { true } else { false }
                }
            }
            let events = try await world.events()
            let surfaced = events.compactMap { event -> [Int]? in
                guard case .arrived(let client, let from, let id, false) = event else { return nil }
                return [Int(client.number), Int(from.number), id]
            }
            #expect(Set(surfaced).count == surfaced.count)
            #expect(events.count { if case .socketLost(_, 1, 1006) = $0 { true } else { false } } == 5)
            #expect(events.count { if case .resumeBegan = $0 { true } else { false } } == 5)
            #expect(events.count { if case .joined(_, 2, _, _, true, _) = $0 { true } else { false } } == 5)
        }
    }

    @Test("moves by its own will with 1001, and is not taken for lost")
    func move() async throws {
        try await SessionRelay.serving { relay in
            let world = try await World(relay)
            try await world.onFleet { $0.reconnectThroughEdge() }
            try await until("five more hellos", within: .seconds(10)) {
                try await relay.control { $0.hellos.count } >= 10
            }
            try await world.until("all are back") { $0.isWhole }
            let codes = try await world.events().compactMap { event -> Int? in
                if case .socketLost(_, _, let code) = event { code } else { nil }
            }
            #expect(codes == Array(repeating: 1001, count: 5))
        }
    }

    @Test("forgets unfinished signals when the server did not resume it")
    func notResumed() async throws {
        try await SessionRelay.serving { relay in
            let world = try await World(relay)
            try await relay.control { sessions in
                sessions.withholdsReceipts = true
                sessions.forgetsSessions = true
            }
            try await world.onFleet { $0.isTalking = true }
            try await world.until("signals under way") { $0.unfinished >= 5 }
            try await world.onFleet { $0.isTalking = false }
            try await relay.control { sessions in
                for peer in Array(sessions.sockets.keys) { sessions.end(peer) }
            }
            try await world.until("nothing is unfinished") { $0.unfinished == 0 && $0.open == 5 }
            _ = try await world.events()
        }
    }

    @Test("gives up where the close code forbids to come back, and says so")
    func giveUp() async throws {
        try await SessionRelay.serving { relay in
            let world = try await World(relay)
            try await relay.control { $0.end("c10", code: 4409, reason: "replaced") }
            try await world.until("one is gone") { $0.living == 4 }
            #expect(
                try await world.events().contains { event in
                    if case .gaveUp(Client(10), _, planned: false) = event { true } else { false }
                })
        }
    }

    @Test("hides clients without a word, and brings them back to their session")
    func hide() async throws {
        try await SessionRelay.serving { relay in
            let world = try await World(relay)
            try await world.onFleet { $0.hide(1) }
            try await world.until("nobody is open, and nobody gone") { $0.open == 0 && $0.living == 5 }
            try await world.onFleet { $0.comeBack() }
            try await world.until("all are back") { $0.isWhole && $0.open == 5 }
            let resumed = try await world.events().count { event in
                if case .joined(_, 2, _, _, true, _) = event { true } else { false }
            }
            #expect(resumed == 5)
        }
    }

    @Test("lets one member of a room leave for good, on purpose")
    func leave() async throws {
        try await SessionRelay.serving { relay in
            let world = try await World(relay)
            try await world.onFleet { $0.leaveRooms() }
            try await world.until("one is gone") { $0.living == 4 }
            let left = try await world.events().count { event in
                if case .leftOnPurpose = event { true } else { false }
            }
            #expect(left == 1)
        }
    }

    @Test("loses clients that dialed a node in its last moments, and no others")
    func redial() async throws {
        try await SessionRelay.serving { relay in
            let world = try await World(relay)
            try await world.onFleet { fleet in
                let chosen = fleet.redial(1, at: "relay")
                fleet.lose(unwelcomed: Array(chosen.prefix(2)))
            }
            try await world.until("two are gone") { $0.living == 3 && $0.open == 3 }
            _ = try await world.events()
        }
    }

    @Test("fills the places of clients that vanished with new ones")
    func refill() async throws {
        try await SessionRelay.serving { relay in
            let world = try await World(relay)
            try await world.onFleet { $0.lose(1, at: "relay") }
            try await world.until("all are gone") { $0.living == 0 }
            try await world.onFleet { $0.fill() }
            try await world.until("five are new") { $0.open == 5 }
            let joined = try await world.events().compactMap { event -> Int? in
                if case .joined(let client, _, _, _, _, _) = event { Int(client.number) } else { nil }
            }
            #expect(joined.sorted() == Array(10..<20))
        }
    }

    @Test("complains about a server that breaks the protocol")
    func complaints() async throws {
        try await SessionRelay.serving { relay in
            let world = try await World(relay)
            try await relay.control {
                $0.tell("c10", #"{"type":"offer","id":"1","sourcePeerId":"c11","sourceSession":"s","seq":7}"#)
            }
            try await until("a complaint", within: .seconds(10)) {
                try await relay.loop.submit { [fleet = world.fleet] in
                    fleet.value.complaints.keys.contains { $0.hasPrefix(Fleet.breach) }
                }.get()
            }
            _ = try await world.events()
        }
    }
}
