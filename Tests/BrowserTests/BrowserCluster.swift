import Foundation
import SignalTestKit

/// A Redis, some nodes and a browser, for one test.
struct BrowserCluster {
    let redis: RedisServer
    let nodes: [NodeProcess]
    let browser: Browser

    /// Leases are long: a machine that is busy with everything else must not end a session before its time.
    init(nodes count: Int, settings: [String: String] = [:]) async throws {
        let redis = try RedisServer()
        var settings = ["LEASE_MS": "20000", "HEARTBEAT_MS": "1000"].merging(settings) { $1 }
        settings["REDIS_URL"] = redis.url
        nodes = try (0..<count).map { try NodeProcess("node\($0 + 1)", settings: settings) }
        self.redis = redis
        browser = try await Browser.start()
        for node in nodes {
            let deadline = ContinuousClock.now + .seconds(30)
            while try await TestHTTP.get("/readyz", port: node.port).status != 200 {
                guard ContinuousClock.now < deadline else {
                    throw Browser.Failure(description: "\(node.name) is not ready: \(node.log)")
                }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    /// The addresses of `/signal`, beginning with the node of this index, as a JavaScript list.
    func addresses(from first: Int = 0) -> String {
        let ordered = nodes[first...] + nodes[..<first]
        return "[" + ordered.map { "\"ws://127.0.0.1:\($0.port)/signal\"" }.joined(separator: ",") + "]"
    }

    /// A page of a node without any script of its own, under the policy of all pages.
    func blank(at index: Int = 0) async throws -> Page {
        try await browser.page("http://127.0.0.1:\(nodes[index].port)/client/signaling-client.js")
    }

    /// A page whose client sits in the room `r`, and records what it hears in `heard` and `presence`.
    ///
    /// - Parameters:
    ///   - index: the node that serves the page and, at first, the client.
    ///   - options: more options of the client, as members of a JavaScript object.
    func seat(_ name: String, at index: Int, options: String = "") async throws -> Page {
        let page = try await blank(at: index)
        try await sit(name, on: page, at: index, options: options)
        return page
    }

    func sit(_ name: String, on page: Page, at index: Int, options: String = "") async throws {
        try await page.load(
            """
            const { SignalingClient } = await import("/client/signaling-client.js")
            window.room = new SignalingClient({
                url: \(addresses(from: index)), room: "r", peerId: "\(name)", \(options)
            })
            window.heard = []
            window.presence = []
            window.opens = []
            room.on("signal", ({ message }) => heard.push({ n: message.n, at: Date.now() }))
            for (const event of ["peer-joined", "peer-left"]) {
                room.on(event, ({ peerId, reason }) => presence.push([event, peerId, reason]))
            }
            room.on("open", (detail) => opens.push(detail))
            room.on("gone", (detail) => { window.end = detail })
            await room.open()
            """)
    }
}
