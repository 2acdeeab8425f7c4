import Foundation
import SignalDomain
import Testing

@testable import signal_node

@Suite("A policy file")
struct PolicyFileTests {
    @Test("becomes entries in its order, each with all of its rules")
    func entries() {
        let file = PolicyFile(
            yaml: """
                rooms:
                  - namespace: global
                    room: lobby-*
                    kind: public
                    capacity: 500
                    anonymous: [join, read, discover]
                    anonymousWritesPerMinute: 30
                    anonymousRoomWritesPerMinute: 600
                    turn: false
                  - namespace: 2026
                    kind: public
                    publicWrite: deny
                  - namespace: "*"
                    kind: invite
                """)
        #expect(file.problems == [])
        #expect(
            file.entries == [
                .init(
                    namespace: .exact("global"), room: .prefix("lobby-"),
                    rules: RoomRules(
                        kind: .public, capacity: 500, anonymousWritesPerMinute: 30, anonymousRoomWritesPerMinute: 600,
                        anonymous: [.join, .read, .discover], hasTURN: false)),
                .init(
                    namespace: .exact("2026"),
                    rules: RoomRules(kind: .public, anonymous: [.join, .read, .register, .discover])),
                .init(namespace: .any, rules: RoomRules(kind: .invite, anonymous: [])),
            ])
    }

    @Test(
        "is refused with the line of each mistake",
        arguments: [
            ("", ["line 1: the file is empty."]),
            ("rooms: []", ["line 1: rooms holds no entry."]),
            ("rooms: 3", ["line 1: rooms must be a list of entries."]),
            ("- a", ["line 1: expected rooms: and a list of entries."]),
            ("romos: []", ["line 1: romos is not known; rooms is.", "line 1: rooms: is missing."]),
            ("rooms:\n  - x", ["line 2: an entry must be an object with a namespace."]),
            ("rooms:\n  - kind: public", ["line 2: namespace is missing."]),
            ("rooms:\n  - namespace: n", ["line 2: kind is missing: public, invite or admin."]),
            (
                "rooms:\n  - namespace: a*b\n    kind: pubic\n    capacity: -1\n    turn: 3\n    rom: x",
                [
                    "line 6: rom is not known: did you mean room?",
                    "line 3: kind must be public, invite or admin.",
                ]
            ),
            (
                "rooms:\n  - namespace: n\n    kind: invite\n    publicWrite: allow",
                ["line 4: only public rooms have rights without a token."]
            ),
            (
                "rooms:\n  - namespace: n\n    kind: public\n    publicWrite: deny\n    anonymous: [join]",
                ["line 4: publicWrite and anonymous say the same twice: keep one."]
            ),
            (
                "rooms:\n  - namespace: n\n    kind: public\n    anonymous: [join, moderate]",
                ["line 4: anonymous must be a list of join, read, write, register, discover."]
            ),
            (
                "rooms:\n  - namespace: n\n    kind: public\n    capacity: many",
                ["line 4: capacity must be a whole number from 0 to 1000000000."]
            ),
        ] as [(String, [String])])
    func refused(_ yaml: String, _ expected: [String]) {
        let file = PolicyFile(yaml: yaml)
        for sentence in expected { #expect(file.problems.contains(sentence), "\(file.problems)") }
        #expect(file.entries.isEmpty)
    }

    @Test("that is no YAML at all is refused with the line where it ends to be one")
    func syntax() {
        #expect(PolicyFile(yaml: "rooms:\n  - namespace: [").problems.first?.hasPrefix("line ") == true)
        #expect(PolicyFile(yaml: "rooms:\n  - namespace: n\n    namespace: m").problems.count == 1)
    }

    @Test("as docs/access.md shows it has no problem")
    func example() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/access.md"), encoding: .utf8)
        let blocks = page.split(separator: "```yaml\n").dropFirst().compactMap { $0.split(separator: "```").first }
        #expect(!blocks.isEmpty)
        for block in blocks {
            let file = PolicyFile(yaml: String(block))
            #expect(file.problems == [])
            #expect(!file.entries.isEmpty)
        }
    }
}
