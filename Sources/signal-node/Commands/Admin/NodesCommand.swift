import ArgumentParser

/// `signal-node nodes`: the nodes that hold a lease.
struct NodesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodes", abstract: "Lists the nodes of the cluster, as one of them sees it.")

    @OptionGroup var admin: AdminArguments

    func run() async throws {
        let page = try await admin.ask("GET", "/admin/nodes", as: Page.self)
        var table = TextTable(["name", "state", "lease ms", "sockets", "rooms", "version", "started"])
        for node in page.nodes {
            table.add([
                node.name, node.state, "\(node.leaseAgeMs)", "\(node.sockets)", "\(node.rooms)", node.version,
                node.startedAt.map(\.asTime) ?? "-",
            ])
        }
        print(table)
    }

    private struct Page: Decodable {
        let nodes: [Entry]
    }

    private struct Entry: Decodable {
        let name: String
        let state: String
        let leaseAgeMs: Int64
        let sockets: Int
        let rooms: Int
        let version: String
        let startedAt: Int64?
    }
}

/// `signal-node drain`: the node takes no new peers.
struct DrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Makes a node take no new peers; those that it has stay.",
        discussion: "Balancers that ask /lb-ready or /readyz send it nobody any more. `undrain` takes it back.")

    @OptionGroup var admin: AdminArguments

    func run() async throws {
        try await admin.send("POST", "/admin/drain")
        print("draining")
    }
}

/// `signal-node undrain`: the node takes new peers again.
struct UndrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undrain", abstract: "Makes a drained node take new peers again.")

    @OptionGroup var admin: AdminArguments

    func run() async throws {
        try await admin.send("POST", "/admin/undrain")
        print("up")
    }
}
