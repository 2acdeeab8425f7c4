import NIOCore
import NIOWebSocket

/// A dialect 1 client. Confined to its event loop.
final class LegacyPeer: CostPeer, ClientObserver {
    private(set) var tally = PeerTally()
    private let name: String
    private let room: String
    private let loop: any EventLoop
    private var client: LoadClient?
    private var opening: EventLoopPromise<Void>?

    init(name: String, room: String, loop: any EventLoop) {
        (self.name, self.room, self.loop) = (name, room, loop)
    }

    func open(at endpoint: Endpoint) -> EventLoopFuture<Void> {
        let promise = loop.makePromise(of: Void.self)
        opening = promise
        let seat = Seat(endpoint: endpoint, room: room, peerId: name, mask: .random(in: 1...UInt32.max))
        let client = LoadClient(index: 0, seat: seat, observer: self)
        self.client = client
        client.connect(on: loop)
        return promise.futureResult
    }

    func say(_ texts: [String]) {
        guard let client, client.isOpen else { return }
        for text in texts { client.write(ClientFrame.encode(.text, Array(text.utf8), mask: client.seat.mask)) }
    }

    func leave() { client?.leave() }

    func cut() { client?.abandon() }

    func clientDidOpen(_ client: LoadClient) { opening.take()?.succeed() }

    func client(_ client: LoadClient, didReceive text: ByteBuffer) { tally.received += 1 }

    func clientDidClose(_ client: LoadClient, reason: String?) {
        self.client = nil
        if let reason { tally.trouble = tally.trouble ?? reason }
        opening.take()?.fail(ConnectFailure(reason: reason ?? "it was closed"))
    }
}
