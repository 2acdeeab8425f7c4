/// A server that results belong to.
struct Server: Sendable, Hashable {
    /// The name in files and of `--server`.
    let id: String
    /// The head of its column.
    let title: String
    /// What it is, in one sentence.
    var about = ""

    static let node = Server(id: "node", title: "this node")
    static let topics = Server(
        id: "topics", title: "this node, `/topics`",
        about: "The same process for clients of y-webrtc, whose messages come back to their senders.")
    static let oldContract = Server(
        id: "old-contract", title: "old contract on Node",
        about: """
            The wire contract of the old server in one Node process, `infra/bench/peers/relay.js`: written for this table, \
            not the original.
            """)
    static let nodeRedis = Server(
        id: "node-redis", title: "Node + Redis",
        about: "What a Node team would build: the same relay in two processes with Redis between them.")
    static let nchan = Server(
        id: "nchan", title: "nchan",
        about: """
            nginx with nchan, one worker, a plain broadcast that comes back to its sender too; two of them with Redis in W6.
            """)
    static let bareRelay = Server(
        id: "bare-relay", title: "bare relay",
        about: """
            Sockets and nothing else, in C: no JSON, no limits, no names of senders, `infra/bench/peers/bare-relay.c`. \
            The least that a relay can cost here.
            """)

    /// In the order of the columns.
    static let all: [Server] = [.node, .topics, .oldContract, .nodeRedis, .nchan, .bareRelay]

    /// The server of that name, a new one if nobody knows it.
    static func named(_ id: String) -> Server {
        all.first { $0.id == id } ?? Server(id: id, title: id)
    }
}
