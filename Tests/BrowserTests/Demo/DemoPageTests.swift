import Foundation
import SignalTestKit
import Testing

/// The page at `/`, used as a person uses it.
@Suite("The demo page", .serialized)
struct DemoPageTests {
    private func demo(_ cluster: BrowserCluster, at index: Int, _ hash: String = "#room=meadow") async throws -> Page {
        try await cluster.browser.page("http://127.0.0.1:\(cluster.nodes[index].port)/\(hash)")
    }

    /// Whatever the page has loaded came from the node that served it.
    private func expectNoStrangers(_ page: Page) async throws {
        let strangers = """
            performance.getEntriesByType("resource").map((entry) => entry.name)
                .filter((name) => !name.replace("blob:", "").startsWith(location.origin + "/"))
            """
        #expect(try await page.evaluate(strangers) == "[]")
        #expect(page.errors == [])
    }

    private static let isConnected = "document.querySelector('.person[data-state=\"connected\"]:not(.own)') !== null"

    private static func digest(of bytes: String) -> String {
        "Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', \(bytes))), (byte) => byte.toString(16)).join()"
    }

    @Test("two people on two nodes meet, see name, node and route of each other, chat, and a file of 5 MiB arrives")
    func meet() async throws {
        let cluster = try await BrowserCluster(nodes: 2)
        let first = try await demo(cluster, at: 0)
        try await first.wait(until: "document.querySelector('#signaling').dataset.state === 'open'")
        let second = try await demo(cluster, at: 1)
        for page in [first, second] { try await page.wait(until: Self.isConnected, seconds: 60) }
        try await second.wait(until: "performance.getEntriesByName('channel-open').length > 0")
        let milliseconds = try await second.evaluate("performance.getEntriesByName('channel-open')[0].startTime")
        print("page load to open data channel: \(milliseconds) ms")

        try await first.run(
            """
            const name = document.querySelector("#own-name")
            name.value = "<b>Ana</b>"
            name.dispatchEvent(new Event("change"))
            """)
        try await second.wait(until: "document.querySelector('.person:not(.own) .name').textContent === '<b>Ana</b>'")
        let detail = "document.querySelector('.person:not(.own) .detail').textContent"
        try await second.wait(until: "/^node1direct .(host|prflx|srflx).[0-9.]+ ms$/.test(\(detail))")

        try await first.run(
            """
            document.querySelector("#words").value = "Is <i>anybody</i> there?"
            document.querySelector("#composer").requestSubmit()
            """)
        try await second.wait(until: "document.querySelector('.bubble')?.textContent === 'Is <i>anybody</i> there?'")

        try await second.run(
            """
            const make = URL.createObjectURL
            URL.createObjectURL = (blob) => {
                window.arrived = blob
                return make(blob)
            }
            """)
        let sent = try await first.run(
            """
            const bytes = new Uint8Array(5 << 20)
            for (let at = 0; at < bytes.length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536))
            const files = new DataTransfer()
            files.items.add(new File([bytes], "..\\\\field/notes\\u202Egpj.bin"))
            document.querySelector("#file").files = files.files
            document.querySelector("#file").dispatchEvent(new Event("change"))
            return \(Self.digest(of: "bytes"))
            """)
        try await second.wait(until: "document.querySelector('.file a')?.download === 'notesgpj.bin'", seconds: 60)
        #expect(try await second.evaluate(Self.digest(of: "await arrived.arrayBuffer()")) == sent)
        try await first.wait(until: "document.querySelector('.file-state').textContent.endsWith('got it')")
        for page in [first, second] { try await expectNoStrangers(page) }
    }

    @Test("without a room in the link the page asks for one, and the link that it makes leads there")
    func entrance() async throws {
        let cluster = try await BrowserCluster(nodes: 1)
        let page = try await demo(cluster, at: 0, "")
        try await page.wait(until: "document.querySelector('#entrance').open")
        try await page.run(
            """
            document.querySelector("#entrance-room").value = "a room & more"
            document.querySelector("#entrance-token").value = "secret-token"
            document.querySelector("#entrance-form").requestSubmit()
            """)
        try await page.wait(until: "document.querySelector('#room-name').textContent === 'a room & more'")
        let link = try await page.evaluate("document.querySelector('#link').value")
        #expect(link.hasSuffix(#"/#room=a+room+%26+more""#))
        #expect(try await page.evaluate("location.href") == link)
        #expect(
            try await page.evaluate("JSON.stringify({ ...sessionStorage, ...localStorage }).includes('secret-token')")
                == "false")
        let hash = try await page.evaluate("location.hash")
        let other = try await demo(cluster, at: 0, String(hash.dropFirst().dropLast()))
        try await other.wait(until: Self.isConnected, seconds: 60)
        try await page.wait(until: Self.isConnected, seconds: 60)
    }

    @Test("a room that is full is told in plain words; one that needs a token asks for it, and keeps it to itself")
    func troubles() async throws {
        let keys = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString).json")
        try Data(TestKeys.set(TestKeys.hmac)).write(to: keys)
        defer { try? FileManager.default.removeItem(at: keys) }
        let cluster = try await BrowserCluster(
            nodes: 1,
            settings: ["ROOM_MAX_MEMBERS": "1", "INVITE_NAMESPACES": "club", "JWT_KEYS_FILE": keys.path()])
        let isOpen = "document.querySelector('#signaling').dataset.state === 'open'"
        let trouble = "document.querySelector('#trouble').textContent"
        let first = try await demo(cluster, at: 0)
        try await first.wait(until: isOpen)
        let second = try await demo(cluster, at: 0)
        try await second.wait(until: "\(trouble).startsWith('This room is full.')")
        let third = try await demo(cluster, at: 0, "#room=meadow&namespace=club")
        try await third.wait(until: "\(trouble).startsWith('This room needs a token')")
        try await third.wait(until: "document.activeElement.id === 'entrance-token'")
        let token = TestKeys.token("ann", namespace: "club", room: "meadow", seconds: 600)
        try await third.run(
            """
            document.querySelector("#entrance-token").value = "\(token)"
            document.querySelector("#entrance-form").requestSubmit()
            """)
        try await third.wait(until: "\(isOpen) && \(trouble) === ''")
        let kept = "location.href + JSON.stringify([{ ...sessionStorage }, { ...localStorage }])"
        #expect(try await third.evaluate("(\(kept)).includes('\(token)')") == "false")
    }

    @Test("the code that the page shows does what it says")
    func code() async throws {
        let cluster = try await BrowserCluster(nodes: 2)
        let pages = [try await demo(cluster, at: 0), try await demo(cluster, at: 1)]
        try await pages[0].evaluate("document.querySelector('#show-code').click()")
        try await pages[0].wait(until: "document.querySelector('#code').open")
        let shown = try await pages[0].evaluate("document.querySelector('#code-text').textContent")
        #expect(shown.contains("new PeerMesh(client)"))
        for page in pages { try await page.load("await import('/demo/ten-lines.js')") }
        for page in pages {
            let deadline = ContinuousClock.now + .seconds(60)
            while !page.log.contains(where: { $0.contains(": Hello, ") }), ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(page.log.contains { $0.contains(": Hello, ") }, "\(page.log) \(page.errors)")
        }
    }

    @Test("names of files lose what could lead astray, and nothing else")
    func fileNames() async throws {
        let cluster = try await BrowserCluster(nodes: 1)
        let page = try await cluster.blank()
        for (name, safe) in [
            ("notes.txt", "notes.txt"), ("../../etc/passwd", "passwd"), (#"C:\\temp\\a.exe"#, "a.exe"), ("", "file"),
            (".bashrc", "bashrc"), ("...", "file"), (#"a\u202Egpj.exe"#, "agpj.exe"), ("여름 사진.png", "여름 사진.png"),
        ] {
            let shown = try await page.evaluate("(await import('/demo/file-name.js')).safeFileName('\(name)')")
            #expect(shown == "\"\(safe)\"", "\(name)")
        }
        let long = "(await import('/demo/file-name.js')).safeFileName('x'.repeat(500) + '.png')"
        #expect(try await page.evaluate(long) == "\"" + String(repeating: "x", count: 96) + ".png\"")
    }
}
