import Foundation
import SignalTestKit

/// Pages with a client and a mesh of their own, which write down what happens.
extension BrowserCluster {
    /// A page in the room `r`. Of two names the smaller one is polite.
    ///
    /// The page has `client`, `mesh` and the lists `heard` (messages), `events` (words of client and mesh) and
    /// `channels` (labels); `hold()` keeps back all signals that arrive until `release()`.
    ///
    /// - Parameters:
    ///   - index: the node that serves the page and, at first, the client.
    ///   - options: members of the mesh's options.
    ///   - before: a script that runs before the client opens.
    func meshPage(_ name: String, at index: Int, options: String = "", before: String = "") async throws -> Page {
        let page = try await blank(at: index)
        try await mesh(name, on: page, at: index, options: options, before: before)
        return page
    }

    func mesh(
        _ name: String, on page: Page, at index: Int, options: String = "", before: String = ""
    ) async throws {
        try await page.load(
            """
            const { SignalingClient } = await import("/client/signaling-client.js")
            const { PeerMesh } = await import("/client/peer-mesh.js")
            Object.assign(window, { heard: [], events: [], channels: [], held: undefined })
            window.client = new SignalingClient({ url: \(addresses(from: index)), room: "r", peerId: "\(name)" })
            const on = client.on.bind(client)
            client.on = (type, listener) => type !== "signal" ? on(type, listener) : on(type, (signal) =>
                held ? held.push({ type: signal.message.type, deliver: () => listener(signal) }) : listener(signal))
            window.hold = () => { window.held = [] }
            window.release = () => {
                const late = held
                window.held = undefined
                for (const { deliver } of late) deliver()
            }
            window.mesh = new PeerMesh(client, { \(options) })
            client.on("open", ({ resumed }) => events.push(resumed ? "resumed" : "opened"))
            mesh.on("gone", ({ peer, reason }) => events.push(`gone ${peer.id} ${reason}`))
            mesh.on("channel", ({ channel }) => channels.push(channel.label))
            mesh.on("message", ({ data }) => heard.push(data))
            \(before)
            await client.open()
            """)
    }
}

extension Page {
    /// Waits until the connection to a peer is there and its channel open.
    func meets(_ peer: String, seconds: Double = 60) async throws {
        let found = "mesh.peers.get('\(peer)')"
        try await wait(
            until: "\(found)?.state === 'connected' && \(found).channels.get('data')?.isOpen", seconds: seconds)
    }

    /// Sends a text to a peer and waits until its page has heard it.
    func tells(_ peer: String, _ text: String, on other: Page) async throws {
        try await evaluate("mesh.peers.get('\(peer)').send('\(text)')")
        try await other.wait(until: "heard.includes('\(text)')", seconds: 60)
    }
}
