import Foundation
import SignalTestKit
import Testing

/// The console of operators in a real browser, over real nodes.
@Suite("The cluster console", .serialized)
struct ConsoleTests {
    static let token = "operator-token"
    static let settings = [
        "ADMIN_TOKEN_SHA256": "0850123315d21ab90f4f7236408a52ef6dbd6a02a6550e5c10dc73f4d993680e",
        "LEASE_MS": "5000", "HEARTBEAT_MS": "500", "LEAVE_WINDOW_MS": "2000",
    ]

    /// The console of a node, signed in.
    private func console(_ cluster: BrowserCluster, at index: Int = 0) async throws -> Page {
        let page = try await cluster.browser.page("http://127.0.0.1:\(cluster.nodes[index].port)/console")
        try await page.look(width: 1_280, height: 900)
        try await signIn(Self.token, on: page)
        return page
    }

    private func signIn(_ token: String, on page: Page) async throws {
        try await page.run(
            """
            document.getElementById("token").value = "\(token)"
            document.getElementById("sign-in-form").requestSubmit()
            """)
    }

    /// An expression that is true when the card of a node is in this state.
    private func isShown(_ node: String, _ state: String) -> String {
        "document.querySelector('[data-node=\(node)]')?.dataset.state === '\(state)'"
    }

    private func peer(_ name: String, in room: String, at node: NodeProcess) async throws -> TestPeer {
        let peer = try await TestPeer.connect(port: node.port, namespace: "team", room: room, peerID: name)
        _ = try await peer.next(type: "welcome")
        return peer
    }

    /// Joins until the page has shown it: what happens before the other nodes know that somebody looks is not told.
    private func join(at node: NodeProcess, seenOn page: Page) async throws -> TestPeer {
        for number in 0..<30 {
            let ann = try await peer("ann\(number)", in: "lobby", at: node)
            let isTold = "document.getElementById('events').textContent.includes('ann\(number) joined')"
            if (try? await page.wait(until: isTold, seconds: 3)) != nil { return ann }
            await ann.drop()
        }
        throw Browser.Failure(description: "no join was shown")
    }

    private func openRoom(_ room: String, on page: Page) async throws {
        let button = "document.querySelector('[data-room=\"team::\(room)\"] button')"
        try await page.wait(until: "\(button) !== null", seconds: 60)
        try await page.run("\(button).click()")
    }

    @Test("shows three nodes with what they carry, one that is killed as lost, and as up when it is back")
    func nodes() async throws {
        let cluster = try await BrowserCluster(nodes: 3, settings: Self.settings)
        let page = try await console(cluster)
        for node in ["node1", "node2", "node3"] { try await page.wait(until: isShown(node, "up"), seconds: 60) }
        let ann = try await join(at: cluster.nodes[2], seenOn: page)
        let sockets = "document.querySelector('[data-node=node3] dd').textContent"
        try await page.wait(until: "\(sockets) === '1'", seconds: 60)
        try await ann.send(#"{"type":"ping"}"#)
        try await page.wait(
            until: "document.querySelector('[data-node=node3] .sparkline .line.in').getAttribute('d').length > 10",
            seconds: 60)
        cluster.nodes[2].kill()
        try await page.wait(until: isShown("node3", "silent") + "||" + isShown("node3", "lost"), seconds: 60)
        try await page.wait(until: isShown("node3", "lost"), seconds: 60)
        try await page.wait(
            until: "document.getElementById('events').textContent.includes('node3 is lost')", seconds: 60)
        #expect(try await page.evaluate("document.querySelector('[data-total=nodes]').textContent") == "\"2\"")
        let again = try NodeProcess("node3", settings: Self.settings.merging(["REDIS_URL": cluster.redis.url]) { $1 })
        try await page.wait(until: isShown("node3", "up"), seconds: 60)
        #expect(page.errors == [])
        withExtendedLifetime(again) {}
    }

    @Test("kicks a peer after a question, and only then")
    func kick() async throws {
        let cluster = try await BrowserCluster(nodes: 2, settings: Self.settings)
        let bob = try await peer("bob", in: "a/b <i>", at: cluster.nodes[1])
        let page = try await console(cluster)
        try await openRoom("a/b <i>", on: page)
        let button = "document.querySelector('[data-key=\"kick:bob\"]')"
        try await page.wait(until: "\(button) !== null", seconds: 60)
        #expect(try await page.evaluate("document.querySelector('#room-title i')") == "null")
        try await page.run("\(button).click()")
        #expect(try await page.evaluate("document.getElementById('confirm').open") == "true")
        try await page.run("document.getElementById('confirm-no').click()")
        #expect(try await page.evaluate("document.getElementById('confirm').open") == "false")
        try await bob.send(#"{"type":"heartbeat"}"#)
        _ = try await bob.next(type: "heartbeat-ack", timeout: .seconds(30))
        try await page.run("\(button).click()")
        try await page.run("document.getElementById('confirm-yes').click()")
        #expect(try await bob.expectClose(timeout: .seconds(30)).code == 4403)
        try await page.wait(until: "\(button) === null", seconds: 60)
        #expect(page.errors == [])
    }

    @Test("tells in words why an offer did not arrive, and that another one did")
    func pair() async throws {
        let cluster = try await BrowserCluster(nodes: 2, settings: Self.settings)
        let ann = ReliablePeer("ann")
        let bob = ReliablePeer("bob")
        try await ann.connect(port: cluster.nodes[0].port)
        try await bob.connect(port: cluster.nodes[1].port)
        try await ann.send(#"{"type":"offer","to":"bob","id":"1"}"#)
        #expect(try await ann.outcome(of: "1", to: "bob", timeout: .seconds(30)) == "received")
        let page = try await console(cluster)
        let row = "document.querySelector('[data-room=\"global::r\"] button')"
        try await page.wait(until: "\(row) !== null", seconds: 60)
        try await page.run("\(row).click()")
        for peer in ["ann", "bob"] {
            let name = "document.querySelector('[data-key=\"peer:\(peer)\"]')"
            try await page.wait(until: "\(name) !== null", seconds: 60)
            try await page.run("\(name).click()")
        }
        try await told("bob has the offer of ann and has not answered it.", on: page)
        await bob.drop()
        try await ann.next("peer-updated", ["peerId": "bob"], timeout: .seconds(60))
        try await ann.send(#"{"type":"offer","to":"bob","id":"2"}"#)
        #expect(try await ann.outcome(of: "2", to: "bob", timeout: .seconds(60)) == "undeliverable")
        try await page.run("document.getElementById('pair').requestSubmit()")
        try await told("The offer of ann was not delivered: bob did not come back for it.", on: page)
        let steps = try await page.evaluate("document.getElementById('steps').textContent")
        for step in ["offer sent", "offer delivered", "lost its socket", "offer stored", "could not be delivered"] {
            #expect(steps.contains(step), "\(step)")
        }
        #expect(page.errors == [])
    }

    /// Asks again until the verdict is this one: nodes write down what happens a moment after it does.
    private func told(_ verdict: String, on page: Page) async throws {
        let title = "document.getElementById('verdict-title').textContent"
        let ask = "window.askedAt = Date.now(), document.getElementById('pair').requestSubmit()"
        try await page.wait(
            until: "\(title) === '\(verdict)' || (Date.now() - (window.askedAt ?? 0) > 1000 && (\(ask)), false)",
            seconds: 60)
    }

    @Test("keeps the token out of addresses and out of everything but the tab, and asks for it when it is not good")
    func token() async throws {
        let cluster = try await BrowserCluster(nodes: 1, settings: Self.settings)
        let page = try await console(cluster)
        try await page.wait(until: isShown("node1", "up"), seconds: 60)
        let places = "[location.href, document.cookie, JSON.stringify(localStorage), document.body.outerHTML]"
        #expect(try await page.evaluate("\(places).some((text) => text.includes('\(Self.token)'))") == "false")
        let requests = "performance.getEntriesByType('resource').map((entry) => entry.name)"
        #expect(try await page.evaluate("\(requests).some((name) => name.includes('operator'))") == "false")
        let own = "\(requests).every((name) => name.startsWith(location.origin))"
        #expect(try await page.evaluate(own) == "true")
        try await page.reload()
        try await page.wait(until: isShown("node1", "up"), seconds: 60)
        #expect(page.errors == [])
        try await page.run("document.getElementById('sign-out').click()")
        #expect(try await page.evaluate("sessionStorage.length") == "0")
        try await signIn("wrong", on: page)
        try await page.wait(
            until: "document.getElementById('sign-in-trouble').textContent === 'The node does not take this token.'",
            seconds: 60)
        #expect(try await page.evaluate("document.getElementById('board').hidden") == "true")
    }

    @Test("says that its own node is away, and goes on by itself when it is back")
    func away() async throws {
        let cluster = try await BrowserCluster(nodes: 2, settings: Self.settings)
        let page = try await console(cluster)
        try await page.wait(until: isShown("node2", "up"), seconds: 60)
        let port = cluster.nodes[0].port
        cluster.nodes[0].kill()
        try await page.wait(
            until: "document.getElementById('trouble').textContent.startsWith('node1 does not answer')", seconds: 60)
        try await page.wait(until: "document.getElementById('stream').dataset.state !== 'open'", seconds: 60)
        let settings = Self.settings.merging(["REDIS_URL": cluster.redis.url, "PORT": "\(port)"]) { $1 }
        let again = try NodeProcess("node1", settings: settings)
        try await page.wait(until: "document.getElementById('trouble').hidden", seconds: 60)
        try await page.wait(until: "document.getElementById('stream').dataset.state === 'open'", seconds: 60)
        let ann = try await join(at: cluster.nodes[1], seenOn: page)
        withExtendedLifetime((ann, again)) {}
    }

    @Test("drains a node that is not the one which serves it, and fits a small phone")
    func drain() async throws {
        let cluster = try await BrowserCluster(nodes: 2, settings: Self.settings)
        let page = try await console(cluster)
        try await page.wait(until: isShown("node2", "up"), seconds: 60)
        let button = "document.querySelector('[data-node=node2] button')"
        try await page.run("\(button).click()")
        try await page.run("document.getElementById('confirm-yes').click()")
        try await page.wait(until: isShown("node2", "draining"), seconds: 60)
        #expect(try await TestHTTP.get("/readyz", port: cluster.nodes[1].port).status == 503)
        try await page.run("\(button).click()")
        try await page.run("document.getElementById('confirm-yes').click()")
        try await page.wait(until: isShown("node2", "up"), seconds: 60)
        try await page.look(width: 360, height: 740)
        try await page.wait(until: "document.documentElement.scrollWidth <= 360")
        #expect(page.errors == [])
    }
}
