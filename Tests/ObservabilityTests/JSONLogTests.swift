import Foundation
import Logging
import Synchronization
import Testing

@testable import Observability

/// A log whose lines and clock the test holds.
final class RecordedLog: Sendable {
    private let bytes: Bytes
    private let clock: Clock
    let log: JSONLog

    private final class Bytes: Sendable { let value = Mutex<[[UInt8]]>([]) }
    private final class Clock: Sendable { let ms = Atomic<Int64>(1_769_850_307_004) }

    init(fields: [(key: String, value: String)] = [], repeatsPerSecond: Int = 0) {
        let bytes = Bytes()
        let clock = Clock()
        let sink = LineSink { line in bytes.value.withLock { $0.append(line) } }
        log = JSONLog(sink: sink, fields: fields, repeatsPerSecond: repeatsPerSecond) {
            clock.ms.load(ordering: .relaxed)
        }
        self.bytes = bytes
        self.clock = clock
    }

    var lines: [String] { bytes.value.withLock { $0.map { String(decoding: $0, as: UTF8.self) } } }

    var objects: [[String: any Sendable]] {
        get throws {
            try lines.map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: any Sendable])
            }
        }
    }

    func logger(level: Logger.Level = .trace) -> Logger {
        Logger(label: "test") { self.log.handler(label: $0, level: level) }
    }

    func advance(ms: Int64) { clock.ms.wrappingAdd(ms, ordering: .relaxed) }
}

@Suite("Log lines")
struct JSONLogTests {
    @Test("a line is one object with ts, level, message, constant fields, logger and sorted metadata")
    func shape() {
        let recorded = RecordedLog(fields: [("service.name", "signal-node"), ("node", "n1")])
        recorded.logger().info("signal-node.started", metadata: ["port": .stringConvertible(8787), "host": "::"])
        #expect(
            recorded.lines == [
                #"{"ts":"2026-01-31T09:05:07.004Z","level":"info","message":"signal-node.started","#
                    + #""service.name":"signal-node","node":"n1","logger":"test","host":"::","port":8787}"# + "\n"
            ])
    }

    @Test("loggers follow the level of their log while it changes, unless they have one of their own")
    func changingLevel() {
        let recorded = RecordedLog()
        let logger = Logger(label: "test") { recorded.log.handler(label: $0) }
        var own = logger
        own.logLevel = .error
        for level in [Logger.Level.info, .debug, .warning] {
            recorded.log.use(level: level)
            #expect(recorded.log.level == level)
            logger.debug("a.debug")
            logger.info("an.info")
            own.warning("a.warning")
        }
        #expect(recorded.lines.count { $0.contains("a.debug") } == 1)
        #expect(recorded.lines.count { $0.contains("an.info") } == 2)
        #expect(!recorded.lines.contains { $0.contains("a.warning") })
    }

    @Test(
        "levels have five names",
        arguments: zip(Logger.Level.allCases, ["trace", "debug", "info", "info", "warn", "error", "error"]))
    func levels(level: Logger.Level, name: String) throws {
        let recorded = RecordedLog()
        recorded.logger().log(level: level, "x")
        #expect(try recorded.objects.first?["level"] as? String == name)
    }

    @Test("a level below the logger's is not written")
    func threshold() {
        let recorded = RecordedLog()
        recorded.logger(level: .warning).info("x")
        #expect(recorded.lines == [])
    }

    @Test("nested metadata becomes objects and arrays, numbers and booleans stay what they are")
    func nested() {
        let recorded = RecordedLog()
        recorded.logger().info(
            "x",
            metadata: [
                "d": ["b": ["1", .stringConvertible(2)], "a": .stringConvertible(true)], "e": .stringConvertible(1.5),
                "f": .stringConvertible(Double.nan), "g": .dictionary([:]), "h": .array([]),
            ])
        #expect(
            recorded.lines.first?.hasSuffix(#""d":{"a":true,"b":["1",2]},"e":1.5,"f":"nan","g":{},"h":[]}"# + "\n")
                == true)
    }

    @Test("metadata cannot pose as one of the line's own fields")
    func ownFields() throws {
        let recorded = RecordedLog(fields: [("node", "n1")])
        recorded.logger().info("x", metadata: ["level": "error", "node": "n2", "field.level": "y"])
        let object = try #require(try recorded.objects.first)
        #expect(object["level"] as? String == "info")
        #expect(object["node"] as? String == "n1")
        #expect(object["field.node"] as? String == "n2")
        #expect(Set(["field.level", "field.field.level"].map { object[$0] as? String }) == ["error", "y"])
    }

    @Test("the event's metadata wins over the provider's, the provider's over the logger's")
    func precedence() throws {
        let recorded = RecordedLog()
        var handler = recorded.log.handler(label: "test")
        handler.metadata = ["a": "logger", "b": "logger", "c": "logger"]
        handler.metadataProvider = Logger.MetadataProvider { ["b": "provider", "c": "provider"] }
        handler[metadataKey: "d"] = "set"
        let final = handler
        Logger(label: "test") { _ in final }.info("x", metadata: ["c": "event"])
        let object = try #require(try recorded.objects.first)
        #expect(["a", "b", "c", "d"].map { object[$0] as? String } == ["logger", "provider", "event", "set"])
    }

    @Test("controls, bidirectional marks and line separators are escaped, so a line stays one line")
    func escapes() throws {
        let recorded = RecordedLog()
        let hostile = "a\n\r\t\u{0}\u{1B}[31m\u{7F}\u{85}\u{202E}\u{2066}\u{200F}\u{2028}\u{FEFF}\"\\é😀"
        recorded.logger().info("x", metadata: ["v": .string(hostile), .init(hostile): "k"])
        let line = try #require(recorded.lines.first)
        #expect(line.unicodeScalars.filter { $0.value < 0x20 }.map(\.value) == [10])
        #expect(
            !line.unicodeScalars.contains { [0x7F, 0x85, 0x202E, 0x2066, 0x200F, 0x2028, 0xFEFF].contains($0.value) })
        #expect(line.contains(#"\u202e"#) && line.contains("é😀"))
        let object = try #require(try recorded.objects.first)
        #expect(object["v"] as? String == hostile)
        #expect(object[hostile] as? String == "k")
    }

    @Test("hostile metadata of a thousand events gives a thousand lines, each one object with the event's own level")
    func oneLinePerEvent() throws {
        let recorded = RecordedLog()
        let logger = recorded.logger()
        let parts = [
            "\n", "\r\n", "\u{0}", "\u{202E}", "\u{2028}", "\"", "\\", "\"}\n{\"level\":\"error\"", "level", "ts", "é",
            "\u{301}",
            "token", "=", String(repeating: "x", count: 300), "{", "]",
        ]
        let seed = UInt64.random(in: .min ... .max)
        var state = seed
        func text() -> String {
            (0..<5).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return parts[Int(state >> 33) % parts.count]
            }.joined()
        }
        for number in 0..<1_000 {
            logger.info(
                "event \(number)",
                metadata: [
                    text(): .string(text()), text(): .array([.string(text())]), text(): .dictionary([text(): "v"]),
                ])
        }
        #expect(recorded.lines.count == 1_000)
        for (number, line) in recorded.lines.enumerated() {
            #expect(line.utf8.count { $0 == 0x0A } == 1 && line.utf8.last == 0x0A, "seed \(seed) line \(number)")
        }
        for (number, object) in try recorded.objects.enumerated() {
            #expect(object["level"] as? String == "info", "seed \(seed) line \(number)")
            #expect(object["message"] as? String == "event \(number)", "seed \(seed) line \(number)")
        }
    }

    @Test("values are cut at 256 bytes between characters", arguments: ["a", "é", "€", "😀"])
    func cut(character: String) throws {
        let recorded = RecordedLog()
        let long = String(repeating: character, count: 300)
        recorded.logger().info("x", metadata: ["v": .string(long), "w": .string(String(repeating: "a", count: 256))])
        let object = try #require(try recorded.objects.first)
        let value = try #require(object["v"] as? String)
        #expect((250...256).contains(value.utf8.count))
        #expect(value.hasSuffix("…") && long.hasPrefix(value.dropLast()))
        #expect((object["w"] as? String)?.utf8.count == 256)
    }

    @Test("a line is bounded however deep and wide its metadata is")
    func bounded() throws {
        let recorded = RecordedLog()
        var deep = Logger.MetadataValue.string("end")
        for _ in 0..<1_000 { deep = .array([deep]) }
        let wide = Logger.MetadataValue.array(Array(repeating: "x", count: 10_000))
        recorded.logger().info("x", metadata: ["deep": deep, "wide": wide])
        #expect(try #require(recorded.lines.first).utf8.count < 1_000)
        #expect(try recorded.objects.count == 1)
    }

    @Test(
        "values under keys that sound like secrets are masked, at any depth",
        arguments: ["token", "resumeToken", "CLUSTER_SECRET", "password", "Authorization", "ticket"])
    func redaction(key: String) {
        let recorded = RecordedLog()
        recorded.logger().info(
            "x",
            metadata: [key: "canary", "nested": .dictionary([key: .array(["canary", .dictionary(["a": "canary"])])])])
        #expect(recorded.lines.first?.contains("canary") == false)
        #expect(recorded.lines.first?.contains("\"\(key)\":\"***\"") == true)
    }

    @Test("a token inside a query is masked, the rest of the text stays")
    func queryRedaction() throws {
        let recorded = RecordedLog()
        recorded.logger().info("x", metadata: ["u": "/signal?room=a&token=canary&peerId=b ticket=canary x=y"])
        #expect(try recorded.objects.first?["u"] as? String == "/signal?room=a&token=***&peerId=b ticket=*** x=y")
    }

    @Test("an error is written with its type and its text")
    func errors() throws {
        struct Broken: Error, CustomStringConvertible { let description = "it broke" }
        let recorded = RecordedLog()
        recorded.logger().error("x", error: Broken())
        let object = try #require(try recorded.objects.first)
        #expect((object["error.type"] as? String)?.hasSuffix("Broken") == true)
        #expect(object["error.message"] as? String == "it broke")
    }

    @Test(
        "timestamps follow the calendar",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func timestamps(epochMs: Int64, text: String) {
        #expect(Timestamp.text(epochMs) == text)
    }

    @Test("timestamps agree with Foundation over a hundred years")
    func timestampsAgree() {
        for ms in stride(from: Int64(0), to: 4_102_444_800_000, by: 7_654_321_987) {
            let expected = Date(timeIntervalSince1970: Double(ms / 1_000)).formatted(.iso8601)
            #expect(Timestamp.text(ms).prefix(19) == expected.prefix(19), "ms \(ms)")
        }
    }

    @Test("lines of many threads never mix")
    func concurrent() async throws {
        let recorded = RecordedLog()
        let logger = recorded.logger()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask { for n in 0..<100 { logger.info("x", metadata: ["id": "\(task)-\(n)"]) } }
            }
        }
        #expect(Set(try recorded.objects.compactMap { $0["id"] as? String }).count == 800)
    }

    @Test("a sink writes whole lines to a file descriptor")
    func descriptor() throws {
        let pipe = Pipe()
        let sink = LineSink(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        JSONLog(sink: sink).handler(label: "l").log(
            event: LogEvent(level: .info, message: "x", metadata: nil, source: "s", file: "f", function: "g", line: 1))
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(text.hasSuffix(#""level":"info","message":"x","logger":"l"}"# + "\n"))
    }
}
