import ArgumentParser

/// `signal-node peers …`: members of a room, and what may be done to them.
struct PeersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peers", abstract: "Lists the members of a room, and kicks, mutes and bans.",
        subcommands: [List.self, Kick.self, Mute.self, Unmute.self, Ban.self, Unban.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the members of a room.")

        @OptionGroup var room: RoomArguments
        @OptionGroup var admin: AdminArguments

        func run() async throws { try await MembersPage.show(room, admin) }
    }

    struct Kick: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes a peer from a room; it may come back unless it is banned.")

        @OptionGroup var room: RoomArguments
        @Argument(help: "The peer ID.") var peer: String
        @OptionGroup var admin: AdminArguments

        func run() async throws {
            try await admin.ask("POST", room.path + "/kick", ["peerId": .text(peer)], as: AppliedAnswer.self).report()
        }
    }

    struct Mute: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lets a peer read and not send.")

        @OptionGroup var room: RoomArguments
        @OptionGroup var target: TargetArguments
        @OptionGroup var decision: DecisionArguments
        @OptionGroup var admin: AdminArguments

        func run() async throws { try await target.apply("mute", in: room, decision.body(), admin) }
    }

    struct Unmute: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lets a muted peer send again.")

        @OptionGroup var room: RoomArguments
        @OptionGroup var target: TargetArguments
        @OptionGroup var admin: AdminArguments

        func run() async throws { try await target.apply("unmute", in: room, [:], admin) }
    }

    struct Ban: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes a peer, a subject or an address from a room and keeps it out.")

        @OptionGroup var room: RoomArguments
        @OptionGroup var target: TargetArguments
        @OptionGroup var decision: DecisionArguments
        @OptionGroup var admin: AdminArguments

        func run() async throws { try await target.apply("ban", in: room, decision.body(), admin) }
    }

    struct Unban: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Takes a ban back.")

        @OptionGroup var room: RoomArguments
        @OptionGroup var target: TargetArguments
        @OptionGroup var admin: AdminArguments

        func run() async throws { try await target.apply("unban", in: room, [:], admin) }
    }
}

/// Whom a decision is about; several may be given.
struct TargetArguments: ParsableArguments {
    @Option(help: "A peer ID.") var peer: String?
    @Option(help: "The subject (sub) of a token.") var subject: String?
    @Option(help: "A client address; IPv6 counts as its /64.") var address: String?

    func validate() throws {
        guard peer != nil || subject != nil || address != nil else {
            throw ValidationError("Name whom: --peer, --subject or --address.")
        }
    }

    func apply(
        _ verb: String, in room: RoomArguments, _ decision: [String: AdminValue], _ admin: AdminArguments
    ) async throws {
        var body = decision
        if let peer { body["peerId"] = .text(peer) }
        if let subject { body["subject"] = .text(subject) }
        if let address { body["address"] = .text(address) }
        try await admin.ask("POST", room.path + "/" + verb, body, as: AppliedAnswer.self).report()
    }
}
