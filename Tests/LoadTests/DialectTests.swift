import NIOCore
import NIOPosix
import Testing

@testable import signal_load

@Suite("A dialect", .serialized)
struct DialectTests {
    private static let paths: [(DialectName, String)] = [
        (.broadcast, "/room/"), (.echo, "/echo/"), (.yWebRTC, "/topics"),
    ]

    @Test("carries messages without a fault", arguments: paths)
    func exchanges(dialect: (name: DialectName, path: String)) async throws {
        try await TestRelay.serving { relay in
            let outcome = try await run(relay.url(dialect.path), dialect.name)
            #expect(outcome.faults == Faults())
            #expect(outcome.deliveries > 0)
            #expect(outcome.latency.count == UInt64(outcome.deliveries))
        }
    }

    @Test("finds what a server drops, but for echoes")
    func drops() async throws {
        try await TestRelay.serving(.drop(every: 37)) { relay in
            let outcome = try await run(relay.url("/topics"), .yWebRTC)
            let dropped = try await relay.injected()
            #expect((1...dropped).contains(outcome.faults.lost))
            #expect(outcome.faults == Faults(lost: outcome.faults.lost))
        }
    }

    @Test("without an echo takes one for a message that does not belong there")
    func unexpectedEcho() async throws {
        try await TestRelay.serving { relay in
            let outcome = try await run(relay.url("/echo/"), .broadcast)
            #expect(outcome.faults.misdirected > 0)
        }
    }

    @Test("lets its clients come and leave", arguments: [paths[0], paths[2]])
    func churn(dialect: (name: DialectName, path: String)) async throws {
        try await TestRelay.serving { relay in
            let result = try await Suite.brief([Endpoint(relay.url(dialect.path))], dialect: dialect.name.dialect)
                .run(.churn)
            #expect(result.isClean, "\(result.problems)")
            #expect(try #require(result.joins) > 0)
        }
    }

    @Test("says where it joins and how")
    func wire() throws {
        func seat(_ url: String, _ name: DialectName) throws -> Seat {
            Seat(endpoint: try Endpoint(url), room: "r", peerId: "p", mask: 1, dialect: name.dialect)
        }
        func firstLine(_ seat: Seat) -> String? {
            Handshake.request(for: seat).split(separator: "\r\n").first.map(String.init)
        }
        #expect(firstLine(try seat("ws://127.0.0.1:1/room/", .broadcast)) == "GET /room/r HTTP/1.1")
        #expect(firstLine(try seat("ws://127.0.0.1:1/ws?room=", .echo)) == "GET /ws?room=r HTTP/1.1")
        let topics = try seat("ws://127.0.0.1:1/topics?token=t", .yWebRTC)
        #expect(firstLine(topics) == "GET /topics?token=t HTTP/1.1")
        #expect(topics.dialect.greeting(of: topics).first == #"{"type":"subscribe","topics":["r"]}"#)
    }

    @Test("that a server does not speak ends with its reason")
    func refused() async throws {
        try await TestRelay.serving { relay in
            // Nobody there welcomes anyone.
            var settings = try Suite.brief([Endpoint(relay.url("/room/x"))]).settings
            settings.connectTimeoutSeconds = 0.3
            let suite = Suite(
                settings: settings, meter: Meter(pids: [], redisPid: nil, redis: nil),
                loops: [MultiThreadedEventLoopGroup.singleton.next()])
            let result = await suite.run(.pairs)
            #expect(result.problems.first?.contains("clients were welcomed") == true, "\(result.problems)")
        }
    }

    private func run(_ url: String, _ name: DialectName) async throws -> ExchangeRun.Outcome {
        var settings = try Suite.brief([Endpoint(url)], dialect: name.dialect).settings
        settings.seconds = 0.2
        settings.quietSeconds = 1
        return try await ExchangeRun(
            roomSize: 5, rooms: 2, messageBytes: 180, pacing: .open(perSecond: 400), endpoints: settings.endpoints,
            settings: settings, meter: Meter(pids: [], redisPid: nil, redis: nil),
            loops: [MultiThreadedEventLoopGroup.singleton.next()]
        ).run()
    }
}
