import ArgumentParser

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A room on the command line.
struct RoomArguments: ParsableArguments {
    @Argument(help: "The namespace of the room.")
    var namespace: String

    @Argument(help: "The name of the room.")
    var room: String

    var path: String { "/admin/rooms/\(pathSegment(namespace))/\(pathSegment(room))" }
}

/// For how long a decision holds, and why.
struct DecisionArguments: ParsableArguments {
    @Option(name: .customLong("for"), help: "Seconds for which it holds; without, until it is taken back.")
    var seconds: Int64?

    @Option(help: "Why; in the audit log and in the events of the nodes.")
    var reason: String?

    func body() throws -> [String: AdminValue] {
        var body: [String: AdminValue] = [:]
        if let seconds {
            guard seconds > 0, seconds < 1_000_000_000 else { throw ValidationError("--for must be a time ahead.") }
            body["untilMs"] = .number(Int64(Date().timeIntervalSince1970 * 1_000) + seconds * 1_000)
        }
        if let reason { body["reason"] = .text(reason) }
        return body
    }
}

/// What a verb answers.
struct AppliedAnswer: Decodable {
    let applied: Int
    let pending: Bool?

    func report() {
        print(
            "applied to \(applied)" + (pending == true ? "; other nodes hear of it when the shared state is back" : ""))
    }
}

/// `signal-node room …`: rooms of the cluster.
struct RoomCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "room", abstract: "Lists, shows, closes and opens rooms.",
        subcommands: [List.self, Show.self, Close.self, Open.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the rooms that have members.")

        @OptionGroup var admin: AdminArguments
        @Option(help: "Only rooms whose namespace::room begins so.") var prefix = ""
        @Option(help: "The most rooms.") var limit = 100

        func run() async throws {
            guard limit > 0 else { throw ValidationError("--limit must be at least 1.") }
            var table = TextTable(["namespace", "room", "kind", "peers", "nodes"])
            var cursor: String? = ""
            var left = limit
            while let next = cursor, left > 0 {
                let page = try await admin.ask(
                    "GET",
                    "/admin/rooms?prefix=\(pathSegment(prefix))&limit=\(min(left, 100))&cursor=\(pathSegment(next))",
                    as: Page.self)
                for room in page.rooms {
                    table.add([
                        room.namespace, room.room, room.kind, "\(room.peers)", room.nodes.joined(separator: ","),
                    ])
                }
                left -= page.rooms.count
                cursor = page.cursor
            }
            print(table)
        }

        private struct Page: Decodable {
            let rooms: [Entry]
            let cursor: String?
        }

        private struct Entry: Decodable {
            let namespace: String
            let room: String
            let kind: String
            let peers: Int
            let nodes: [String]
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows the members of a room.")

        @OptionGroup var room: RoomArguments
        @OptionGroup var admin: AdminArguments

        func run() async throws { try await MembersPage.show(room, admin) }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes everybody from a room and lets nobody in.")

        @OptionGroup var room: RoomArguments
        @OptionGroup var decision: DecisionArguments
        @OptionGroup var admin: AdminArguments

        func run() async throws {
            try await admin.ask("POST", room.path + "/close", decision.body(), as: AppliedAnswer.self).report()
        }
    }

    struct Open: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Opens a closed room again.")

        @OptionGroup var room: RoomArguments
        @OptionGroup var admin: AdminArguments

        func run() async throws {
            try await admin.ask("POST", room.path + "/open", [:], as: AppliedAnswer.self).report()
        }
    }
}

/// The members of a room, as `GET /admin/rooms/{namespace}/{room}` answers.
struct MembersPage: Decodable {
    let kind: String
    let peers: Int
    let members: [Member]

    struct Member: Decodable {
        let peerId: String
        let node: String
        let since: Int64
        let away: Bool
        let dialect: Int
    }

    static func show(_ room: RoomArguments, _ admin: AdminArguments) async throws {
        let page = try await admin.ask("GET", room.path, as: MembersPage.self)
        var table = TextTable(["peer", "node", "since", "away", "dialect"])
        for member in page.members {
            table.add([
                member.peerId, member.node, member.since.asTime, member.away ? "yes" : "no", "\(member.dialect)",
            ])
        }
        print("\(page.peers) members, \(page.kind) room")
        print(table)
    }
}
