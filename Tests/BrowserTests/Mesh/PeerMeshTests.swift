import Foundation
import SignalTestKit
import Testing

/// Pages of a real browser that connect to each other over real nodes.
@Suite("The mesh of peers", .serialized)
struct PeerMeshTests {
    @Test("two pages on two nodes open a data channel, and close it when one leaves")
    func meet() async throws {
        let cluster = try await BrowserCluster(nodes: 2)
        let ana = try await cluster.meshPage("ana", at: 0)
        let ben = try await cluster.meshPage("ben", at: 1)
        try await ana.meets("ben")
        try await ben.meets("ana")
        try await ana.tells("ben", "hello", on: ben)
        try await ben.tells("ana", "hello yourself", on: ana)
        #expect(try await ana.evaluate("(await mesh.peers.get('ben').route()).isRelayed") == "false")
        #expect(try await ana.evaluate("channels") == #"["data"]"#)
        #expect(try await ben.evaluate("channels") == #"["data"]"#)
        try await ben.evaluate("client.close()")
        try await ana.wait(until: "events.includes('gone ben left') && mesh.peers.size === 0")
        #expect(ana.errors == [])
        #expect(ben.errors == [])
    }

    @Test("both start at once, and both look for a new way at once, again and again: they end up connected")
    func glare() async throws {
        let cluster = try await BrowserCluster(nodes: 2)
        // Both offer before either hears of the other's offer.
        let ana = try await cluster.meshPage("ana", at: 0, before: "hold()")
        let ben = try await cluster.meshPage("ben", at: 1, before: "hold()")
        try await ana.wait(until: "mesh.peers.has('ben')")
        try await ana.evaluate("mesh.peers.get('ben').restart()")
        try await collide(ana, ben)
        try await ana.meets("ben")
        try await ben.meets("ana")
        let name = "\(Self.peer).rtc.localDescription.sdp.match(/ice-ufrag:(.*)/)[1]"
        for round in 1...8 {
            let before = try await [ana.evaluate(name), ben.evaluate(name)]
            for page in [ana, ben] { try await page.evaluate("hold()") }
            for page in [ana, ben] { try await page.evaluate("\(Self.peer).restart()") }
            try await collide(ana, ben)
            for (page, old) in zip([ana, ben], before) {
                let isDone = "\(Self.peer).state === 'connected' && \(Self.peer).rtc.signalingState === 'stable'"
                try await page.wait(until: "\(isDone) && \(name) !== \(old)", seconds: 60)
            }
            try await ana.tells("ben", "round \(round)", on: ben)
            try await ben.tells("ana", "round \(round)", on: ana)
        }
        #expect(try await ana.evaluate("events") == #"["opened"]"#)
        #expect(try await ben.evaluate("events") == #"["opened"]"#)
    }

    private static let peer = "mesh.peers.values().next().value"

    /// Waits until both have an offer of their own and one of the other, then lets them hear of it.
    private func collide(_ pages: Page...) async throws {
        for page in pages {
            try await page.wait(until: "held.some(({ type }) => type === 'offer')", seconds: 60)
            try await page.wait(until: "\(Self.peer).rtc.signalingState === 'have-local-offer'", seconds: 60)
        }
        for page in pages { try await page.evaluate("release()") }
    }

    @Test("kill -9 of a page's node amid the negotiation: it goes on over another node, and nobody was seen to leave")
    func killDuringNegotiation() async throws {
        let cluster = try await BrowserCluster(nodes: 3)
        // The polite side answers only when the test lets it: by then its node is gone.
        let ana = try await cluster.meshPage(
            "ana", at: 0,
            before: """
                const answer = RTCPeerConnection.prototype.setRemoteDescription
                const gate = new Promise((open) => { window.openGate = open })
                RTCPeerConnection.prototype.setRemoteDescription = async function (description) {
                    window.hasOffer = true
                    await gate
                    return answer.call(this, description)
                }
                """)
        let ben = try await cluster.meshPage("ben", at: 1)
        try await ana.wait(until: "window.hasOffer === true")
        cluster.nodes[0].kill()
        try await ana.wait(until: "client.state !== 'open' || client.node !== 'node1'")
        try await ana.evaluate("openGate()")
        try await ana.meets("ben")
        try await ben.meets("ana")
        try await ana.wait(until: "events.length === 2")
        #expect(try await ana.evaluate("events") == #"["opened","resumed"]"#)
        #expect(try await ben.evaluate("events") == #"["opened"]"#)
        try await ana.tells("ben", "after the kill", on: ben)
    }

    @Test("kill -9 of a page's node in a conversation: no message is lost, signaling resumes, nobody is seen to leave")
    func killDuringConversation() async throws {
        let cluster = try await BrowserCluster(nodes: 3)
        let ana = try await cluster.meshPage("ana", at: 0)
        let ben = try await cluster.meshPage("ben", at: 1)
        try await ana.meets("ben")
        try await ben.meets("ana")
        let talk = """
            for (let count = 0; count < 200; count += 1) {
                await \(Self.peer).send(String(count))
                await new Promise((done) => setTimeout(done, 10))
            }
            """
        async let fromAna = ana.run(talk)
        async let fromBen = ben.run(talk)
        try await ana.wait(until: "heard.length > 20")
        cluster.nodes[0].kill()
        _ = try await (fromAna, fromBen)
        for page in [ana, ben] {
            try await page.wait(until: "heard.length >= 200")
            #expect(try await page.evaluate("heard.every((text, index) => text === String(index))") == "true")
        }
        try await ana.wait(until: "client.state === 'open' && client.node !== 'node1'", seconds: 60)
        #expect(try await ana.evaluate("events") == #"["opened","resumed"]"#)
        #expect(try await ben.evaluate("events") == #"["opened"]"#)
        // The new node carries what a new way needs.
        let name = "mesh.peers.get('ana').rtc.remoteDescription.sdp.match(/ice-ufrag:(.*)/)[1]"
        let old = try await ben.evaluate(name)
        try await ana.evaluate("mesh.peers.get('ben').restart()")
        try await ben.wait(until: "\(name) !== \(old) && mesh.peers.get('ana').state === 'connected'", seconds: 60)
        try await ana.tells("ben", "over a new way", on: ben)
    }

    @Test("a page that is reloaded is connected again, whichever side it is, and nobody was seen to leave")
    func reload() async throws {
        let cluster = try await BrowserCluster(nodes: 2)
        let ana = try await cluster.meshPage("ana", at: 0)
        let ben = try await cluster.meshPage("ben", at: 1)
        for (index, name) in ["ana", "ben"].enumerated() {
            let (page, other, peer) = name == "ana" ? (ana, ben, "ben") : (ben, ana, "ana")
            try await other.meets(name)
            try await page.reload()
            try await cluster.mesh(name, on: page, at: index)
            try await page.meets(peer)
            try await other.meets(name)
            try await page.tells(peer, "\(name) is back", on: other)
            try await other.tells(name, "welcome back, \(name)", on: page)
            #expect(try await page.evaluate("events") == #"["resumed"]"#)
            #expect(try await other.evaluate("events.some((event) => event.startsWith('gone'))") == "false")
        }
    }

    @Test("a sender that waits never has much in its browser's buffer, and all of it arrives in order")
    func backpressure() async throws {
        let cluster = try await BrowserCluster(nodes: 1)
        let ana = try await cluster.meshPage("ana", at: 0)
        let ben = try await cluster.meshPage("ben", at: 0)
        try await ana.meets("ben")
        try await ben.meets("ana")
        let most = try await ana.run(
            """
            const channel = mesh.peers.get("ben").channels.get("data")
            let most = 0
            for (let count = 0; count < 160; count += 1) {
                const chunk = new Uint8Array(65536)
                new DataView(chunk.buffer).setUint32(0, count)
                await channel.send(chunk)
                most = Math.max(most, channel.bufferedBytes)
            }
            return most
            """, timeout: .seconds(120))
        #expect(try #require(Int(most)) <= (1 << 20) + 65_536)
        try await ben.wait(until: "heard.length === 160", seconds: 60)
        let isInOrder = "heard.every((chunk, index) => new DataView(chunk).getUint32(0) === index)"
        #expect(try await ben.evaluate(isInOrder) == "true")
        try await ana.evaluate("mesh.peers.get('ben').channels.get('data').close()")
        #expect(
            try await ana.evaluate("await mesh.peers.get('ben').send('late').catch((error) => error.name)")
                == #""ChannelClosed""#)
    }
}
