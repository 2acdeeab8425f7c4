import Foundation
import SignalDomain
import SignalTestKit
import Testing

/// Clients in pages of a real browser, on real nodes.
@Suite("The browser's client", .serialized)
struct SignalingClientTests {
    /// Sends the numbers `range` confirmed, one every 10 ms, and counts receipts and failures.
    static func stream(_ range: ClosedRange<Int>, to peer: String) -> String {
        """
        window.receipts = 0
        window.failures = []
        for (let n = \(range.lowerBound); n <= \(range.upperBound); n += 1) {
            room.send("\(peer)", { type: "count", n })
                .then(() => { receipts += 1 }, (error) => failures.push(String(error)))
            await new Promise((done) => setTimeout(done, 10))
        }
        """
    }

    static func numbers(_ range: ClosedRange<Int>) -> String {
        "[" + range.map(String.init).joined(separator: ",") + "]"
    }

    @Test("two pages on two nodes see each other, confirm each other's signals, and know when one leaves")
    func exchange() async throws {
        let cluster = try await BrowserCluster(nodes: 2)
        let ann = try await cluster.seat("ann", at: 0, options: "metadata: { name: \"Ann 안\" }")
        let bob = try await cluster.seat("bob", at: 1)
        #expect(try await ann.evaluate("[room.node, room.peerId, room.state]") == #"["node1","ann","open"]"#)
        try await ann.wait(until: "room.members.get('bob')?.polite === true")
        #expect(try await bob.evaluate("room.members.get('ann')").contains("Ann 안"))
        #expect(try await bob.evaluate("room.members.get('ann').polite") == "false")
        #expect(
            try await ann.evaluate("await room.send('bob', { type: 'count', n: 1 })")
                == #"[{"to":"bob","level":"received"}]"#)
        try await ann.evaluate("await room.broadcast({ type: 'count', n: 2 })")
        try await ann.evaluate("await room.send(['bob'], { type: 'count', n: 3 }, { reliable: false })")
        try await bob.wait(until: "heard.length === 3")
        #expect(try await bob.evaluate("heard.map((each) => each.n)") == "[1,2,3]")
        #expect(
            try await ann.evaluate("await room.send('nobody', { type: 'x' }).catch((error) => [error.code, error.to])")
                == #"["not_found","nobody"]"#)
        try await bob.evaluate("room.setMetadata({ name: 'Bob' })")
        try await ann.wait(until: "room.members.get('bob').metadata.name === 'Bob'")
        try await bob.evaluate("room.close()")
        try await ann.wait(until: "presence.at(-1)?.join() === 'peer-left,bob,left'")
        #expect(ann.errors == [])
        #expect(bob.errors == [])
    }

    @Test("kill -9 of a page's node: it goes on at another one, nothing is lost, repeated or out of order, nobody left")
    func kill() async throws {
        let cluster = try await BrowserCluster(nodes: 2)
        let bob = try await cluster.seat("bob", at: 1)
        let ann = try await cluster.seat("ann", at: 0)
        try await bob.wait(until: "room.members.has('ann')")
        async let toBob = ann.run(Self.stream(1...150, to: "bob"))
        async let toAnn = bob.run(Self.stream(1...150, to: "ann"))
        try await ann.wait(until: "heard.length > 20")
        let killed = Date().timeIntervalSince1970 * 1_000
        cluster.nodes[0].kill()
        _ = try await (toBob, toAnn)
        for page in [ann, bob] {
            try await page.wait(until: "receipts + failures.length === 150 && heard.length >= 150", seconds: 60)
            #expect(try await page.evaluate("failures") == "[]")
            #expect(try await page.evaluate("heard.map((each) => each.n)") == Self.numbers(1...150))
        }
        #expect(try await ann.evaluate("[room.node, opens.length, opens.at(-1).resumed]") == #"["node2",2,true]"#)
        #expect(try await bob.evaluate("presence") == #"[["peer-joined","ann",null]]"#)
        #expect(try await ann.evaluate("presence") == #"[["peer-joined","bob",null]]"#)
        // What was on the wire at the kill may still have come; the first one behind the gap counts.
        let next = try await ann.evaluate(
            """
            heard.map((each) => each.at).filter((at) => at > \(killed))
                .map((at, index, all) => [at - (all[index - 1] ?? \(killed)), at - \(killed)])
                .sort((left, right) => right[0] - left[0])[0][1]
            """)
        print("kill -9 to the next delivered signal, as the page sees it: \(next) ms")
    }

    @Test("behind the edge the address of the page is enough: after kill -9 both peers of a room go on through it")
    func edge() async throws {
        let cluster = try await BrowserCluster(nodes: 2, settings: ["TRUSTED_PROXY_CIDRS": "127.0.0.0/8"])
        let edge = try EdgeServer(nodes: cluster.nodes.map(\.port))
        let address = "http://127.0.0.1:\(edge.port)/client/signaling-client.js"
        let pages = [try await cluster.browser.page(address), try await cluster.browser.page(address)]
        for (name, page) in zip(["ann", "bob"], pages) {
            try await cluster.sit(name, on: page, at: 0, options: "url: undefined")
        }
        #expect(try await pages[0].evaluate("room.url").contains(":\(edge.port)/signal?"))
        let name = try await pages[0].evaluate("room.node")
        let node = try #require(cluster.nodes.first { "\"\($0.name)\"" == name })
        try await pages[0].wait(until: "room.members.has('bob')")
        async let toBob = pages[0].run(Self.stream(1...100, to: "bob"))
        async let toAnn = pages[1].run(Self.stream(1...100, to: "ann"))
        try await pages[0].wait(until: "heard.length > 10")
        node.kill()
        _ = try await (toBob, toAnn)
        for page in pages {
            try await page.wait(until: "receipts + failures.length === 100 && heard.length >= 100", seconds: 60)
            #expect(try await page.evaluate("failures") == "[]")
            #expect(try await page.evaluate("heard.map((each) => each.n)") == Self.numbers(1...100))
            #expect(try await page.evaluate("room.node") != name)
            #expect(try await page.evaluate("opens.at(-1).resumed") == "true")
        }
    }

    @Test("a drain moves a page to another node before its socket is closed, and nobody sees it away for good")
    func drain() async throws {
        let cluster = try await BrowserCluster(
            nodes: 2, settings: ["DRAIN_SECONDS": "10", "DRAIN_BALANCER_SECONDS": "0", "DRAIN_NOTICE_MS": "4000"])
        let bob = try await cluster.seat("bob", at: 1)
        let ann = try await cluster.seat("ann", at: 0)
        try await ann.evaluate("room.on('state', ({ retryInMs }) => (window.pauses ??= []).push(retryInMs))")
        cluster.nodes[0].terminate()
        try await ann.wait(until: "room.node === 'node2' && room.state === 'open'", seconds: 60)
        #expect(try await ann.evaluate("opens.at(-1).resumed") == "true")
        #expect(
            try await ann.evaluate("pauses.every((each) => each === undefined)") == "true", "the new socket came first")
        #expect(
            try await bob.evaluate("await room.send('ann', { type: 'count', n: 1 })")
                == #"[{"to":"ann","level":"received"}]"#)
        #expect(try await ann.evaluate("heard.map((each) => each.n)") == "[1]")
        #expect(try await bob.evaluate("presence") == #"[["peer-joined","ann",null]]"#)
    }

    @Test("a token is renewed on the live socket before it runs out")
    func renewal() async throws {
        let keys = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString).json")
        try Data(TestKeys.set(TestKeys.hmac)).write(to: keys)
        defer { try? FileManager.default.removeItem(at: keys) }
        let cluster = try await BrowserCluster(
            nodes: 1,
            settings: ["JWT_KEYS_FILE": keys.path(), "INVITE_NAMESPACES": "n", "JWT_LEEWAY_SECONDS": "8"])
        let tokens = [4.0, 600].map { TestKeys.token("ann", namespace: "n", room: "r", seconds: $0) }
        let ends = Date().addingTimeInterval(4 + 8)
        let list = "[" + tokens.map { "\"\($0)\"" }.joined(separator: ",") + "]"
        let ann = try await cluster.seat(
            "ann", at: 0, options: "namespace: \"n\", token: () => (window.tokens ??= \(list)).shift()")
        try await ann.wait(until: "tokens.length === 0")
        // The first token and its leeway run out meanwhile.
        try await Task.sleep(for: .seconds(max(0, ends.timeIntervalSinceNow) + 2))
        #expect(try await ann.evaluate("[room.state, opens.length, window.end]") == #"["open",1,null]"#)
        let refusal = try await ann.evaluate("await room.send('nobody', {}).catch((error) => error.code)")
        #expect(refusal == #""not_found""#, "the server still serves this socket")
    }

    @Test("without a good token the end is told, with its reason")
    func refused() async throws {
        let keys = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString).json")
        try Data(TestKeys.set(TestKeys.hmac)).write(to: keys)
        defer { try? FileManager.default.removeItem(at: keys) }
        let cluster = try await BrowserCluster(
            nodes: 1, settings: ["JWT_KEYS_FILE": keys.path(), "INVITE_NAMESPACES": "n"])
        let page = try await cluster.blank()
        let end = try await page.run(
            """
            const { SignalingClient } = await import("/client/signaling-client.js")
            const room = new SignalingClient({ namespace: "n", room: "r", token: "nonsense" })
            const gone = new Promise((resolve) => room.on("gone", resolve))
            const error = await room.open().catch((error) => error)
            return [error.code, error.reason, (await gone).code, room.state]
            """)
        #expect(end == #"["gone","unauthorized",4401,"closed"]"#)
    }

    @Test("a reload keeps peer ID and session; the others see no leave")
    func reload() async throws {
        let cluster = try await BrowserCluster(nodes: 2)
        let bob = try await cluster.seat("bob", at: 1)
        let ann = try await cluster.seat("ann", at: 0)
        try await bob.wait(until: "room.members.has('ann')")
        try await ann.reload()
        // Whoever copies the storage of a page that shows gets no session with it.
        #expect(try await ann.evaluate("sessionStorage.length") == "1")
        let sent = Task { try await bob.evaluate("await room.send('ann', { type: 'count', n: 7 })") }
        try await cluster.sit("ann", on: ann, at: 1)
        #expect(try await ann.evaluate("sessionStorage.length") == "0")
        #expect(try await ann.evaluate("[opens.at(-1).resumed, opens.at(-1).first]") == "[true,true]")
        #expect(try await sent.value == #"[{"to":"ann","level":"received"}]"#)
        #expect(try await ann.evaluate("heard.map((each) => each.n)") == "[7]")
        #expect(try await bob.evaluate("presence") == #"[["peer-joined","ann",null]]"#)
    }

    @Test("what waits is bounded: beyond the bound a signal is refused at once, and all of it goes out in order later")
    func bound() async throws {
        let cluster = try await BrowserCluster(nodes: 1)
        let bob = try await cluster.seat("bob", at: 0)
        let page = try await cluster.blank()
        let refusals = try await page.run(
            """
            const { SignalingClient } = await import("/client/signaling-client.js")
            window.room = new SignalingClient({ room: "r", peerId: "ann", bufferCount: 20, bufferBytes: 2000 })
            const late = (n) => room.send("bob", { type: "count", n }).then(() => "sent", (error) => error.code)
            window.sent = Array.from({ length: 20 }, (_, n) => late(n + 1))
            const many = await late(21)
            const other = new SignalingClient({ room: "r", bufferCount: 20, bufferBytes: 2000 })
            const large = await other.send("bob", { pad: "x".repeat(2000) }).catch((error) => error.code)
            const huge = await other.send("bob", { pad: "x".repeat(70000) }).catch((error) => error.code)
            const now = await room.broadcast({ type: "count", n: 0 }).catch((error) => error.code)
            return [many, large, huge, now, room.pending]
            """)
        #expect(refusals == #"["buffer_full","buffer_full","message_too_large","not_open",20]"#)
        try await page.evaluate("await room.open()")
        #expect(try await page.evaluate("(await Promise.all(sent)).every((each) => each === 'sent')") == "true")
        #expect(try await bob.evaluate("heard.map((each) => each.n)") == Self.numbers(1...20))
        #expect(try await page.evaluate("room.pending") == "0")
    }

    @Test("what nobody can deliver is told when its time is over, or when the client leaves")
    func noAnswer() async throws {
        let cluster = try await BrowserCluster(nodes: 1)
        let page = try await cluster.blank()
        let codes = try await page.run(
            """
            const { SignalingClient } = await import("/client/signaling-client.js")
            const room = new SignalingClient({ url: "ws://127.0.0.1:1/signal", room: "r" })
            room.open().catch(() => {})
            const late = room.send("bob", {}, { timeoutMs: 300 }).catch((error) => error.code)
            const left = room.send("bob", {}).catch((error) => error.code)
            const codes = [await late]
            room.close()
            return [...codes, await left, await room.send("bob", {}).catch((error) => error.code), room.state]
            """)
        #expect(codes == #"["timeout","closed","closed","closed"]"#)
    }

    @Test("the client does after every close what the server's table says")
    func closeCodes() async throws {
        let cluster = try await BrowserCluster(nodes: 1)
        let page = try await cluster.blank()
        for reason in CloseReason.allCases {
            let advice = try await page.evaluate(
                "(await import('/client/reconnect.js')).closeAdvice(\(reason.code), '\(reason.word)')")
            #expect(advice == "\"\(reason.advice.rawValue)\"", "\(reason.code) \(reason.word)")
        }
    }
}
