import ArgumentParser

/// `signal-node invite …`: codes that let people into a room.
struct InviteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Makes, lists and revokes invites to a room.",
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes an invite and prints its code, which is shown nowhere again.")

        @OptionGroup var room: RoomArguments
        @Option(help: "How many may redeem it.") var maxUses: Int64 = 1
        @Option(help: "Seconds until it runs out.") var expiresIn: Int64 = 86_400
        @Option(help: "A grant that it gives; repeat for several. Without, those of a member.") var grant: [String] = []
        @OptionGroup var admin: AdminArguments

        func run() async throws {
            guard expiresIn > 0, expiresIn < 1_000_000_000 else {
                throw ValidationError("--expires-in must be a time ahead.")
            }
            var body: [String: AdminValue] = [
                "namespace": .text(room.namespace), "room": .text(room.room), "maxUses": .number(maxUses),
                "expiresInMs": .number(expiresIn * 1_000),
            ]
            if !grant.isEmpty { body["grants"] = .texts(grant) }
            let invite = try await admin.ask("POST", "/invites", body, as: Created.self)
            print("code     \(invite.code)")
            print("id       \(invite.id)")
            print("uses     \(invite.maxUses)")
            print("until    \(invite.expiresAt.asTime)")
        }

        private struct Created: Decodable {
            let id: String
            let code: String
            let expiresAt: Int64
            let maxUses: Int
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the invites of a room, without their codes.")

        @OptionGroup var room: RoomArguments
        @OptionGroup var admin: AdminArguments

        func run() async throws {
            let query = "namespace=\(pathSegment(room.namespace))&room=\(pathSegment(room.room))"
            let page = try await admin.ask("GET", "/invites?" + query, as: Page.self)
            var table = TextTable(["id", "uses", "of", "until", "revoked"])
            for invite in page.invites {
                table.add([
                    invite.id, "\(invite.uses)", "\(invite.maxUses)", invite.expiresAt.asTime,
                    invite.revoked ? "yes" : "no",
                ])
            }
            print(table)
        }

        private struct Page: Decodable {
            let invites: [Entry]
        }

        private struct Entry: Decodable {
            let id: String
            let expiresAt: Int64
            let maxUses: Int
            let uses: Int
            let revoked: Bool
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Ends an invite before its time.")

        @Argument(help: "The id of the invite.") var id: String
        @OptionGroup var admin: AdminArguments

        func run() async throws {
            try await admin.send("DELETE", "/invites/" + pathSegment(id))
            print("revoked")
        }
    }
}
