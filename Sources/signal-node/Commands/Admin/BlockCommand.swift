import ArgumentParser

/// `signal-node block …`: addresses that are kept out of the whole cluster.
struct BlockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "block", abstract: "Keeps addresses out of the whole cluster, and lets them in again.",
        discussion: "Rules of BLOCK_RULES_FILE are each node's own; they are neither listed nor removed here.",
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Closes every socket of an address, a range or a network, and refuses new ones.")

        @OptionGroup var target: BlockedArguments
        @OptionGroup var decision: DecisionArguments
        @Flag(help: "Also if it is very wide or shuts you, the nodes or their proxies out.") var force = false
        @OptionGroup var admin: AdminArguments

        func run() async throws {
            var body = try decision.body()
            body[target.member.name] = target.member.value
            if force { body["force"] = .flag(true) }
            try await admin.ask("POST", "/admin/blocks", body, as: AppliedAnswer.self).report()
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists what is kept out of the whole cluster.")

        @OptionGroup var admin: AdminArguments

        func run() async throws {
            let page = try await admin.ask("GET", "/admin/blocks", as: Page.self)
            var table = TextTable(["blocked", "since", "until", "reason"])
            for block in page.blocks {
                table.add([
                    block.cidr ?? block.asn.map { "asn:\($0)" } ?? "-", block.sinceMs.asTime,
                    block.untilMs.map(\.asTime) ?? "-", block.reason,
                ])
            }
            print(table)
        }

        private struct Page: Decodable {
            let blocks: [Entry]
        }

        private struct Entry: Decodable {
            let cidr: String?
            let asn: UInt32?
            let reason: String
            let sinceMs: Int64
            let untilMs: Int64?
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Takes a block back before its end.")

        @OptionGroup var target: BlockedArguments
        @OptionGroup var admin: AdminArguments

        func run() async throws {
            let query = "\(target.member.name)=\(pathSegment(target.member.text))"
            try await admin.ask("DELETE", "/admin/blocks?" + query, as: AppliedAnswer.self).report()
        }
    }
}

/// Whom a block is about.
struct BlockedArguments: ParsableArguments {
    @Argument(help: "An address, a range such as 192.0.2.0/24, or a network such as asn:64496.")
    var blocked: String

    /// The member of a request that says so.
    var member: (name: String, text: String, value: AdminValue) {
        if blocked.hasPrefix("asn:") {
            let digits = String(blocked.dropFirst(4))
            return ("asn", digits, .number(Int64(digits) ?? 0))
        }
        return (blocked.contains("/") ? "cidr" : "ip", blocked, .text(blocked))
    }
}
