import NIOCore

/// A client whose events are measured. Confined to its event loop.
protocol CostPeer: AnyObject {
    /// Signals of others, and final outcomes of its own.
    var tally: PeerTally { get }
    /// Dials and waits for the `welcome`.
    func open(at endpoint: Endpoint) -> EventLoopFuture<Void>
    func say(_ texts: [String])
    /// Closes with 1000: the peer has left at once.
    func leave()
    /// Cuts the socket without a word.
    func cut()
}

/// What a client has seen.
struct PeerTally: Sendable, Equatable {
    var received = 0
    /// Reliable signals of its own that their receivers confirmed.
    var confirmed = 0
    /// `peer-left` messages.
    var departures = 0
    /// What should not happen; the first of it.
    var trouble: String?
}

/// A client as the measuring task holds it.
struct Peer: Sendable {
    let name: String
    private let peer: NIOLoopBound<any CostPeer>
    private let loop: any EventLoop

    enum Dialect: Int, CaseIterable, Sendable {
        case one = 1
        case two
    }

    private static let patience = TimeAmount.seconds(5)

    init(_ dialect: Dialect, name: String, room: String, on loop: any EventLoop) async throws {
        (self.name, self.loop) = (name, loop)
        peer = try await loop.submit {
            let peer: any CostPeer =
                switch dialect {
                case .one: LegacyPeer(name: name, room: room, loop: loop)
                case .two: SessionPeer(name: name, room: room, loop: loop)
                }
            return NIOLoopBound(peer, eventLoop: loop)
        }.get()
    }

    func open(at endpoint: Endpoint) async throws {
        try await loop.flatSubmit { [peer, loop] in
            let deadline = loop.scheduleTask(in: Self.patience) { peer.value.cut() }
            return peer.value.open(at: endpoint).always { _ in deadline.cancel() }
        }.get()
    }

    func say(_ texts: [String]) { act { $0.say(texts) } }

    func say(_ text: String) { say([text]) }

    func leave() { act { $0.leave() } }

    func cut() { act { $0.cut() } }

    /// Says `text` every second, the first time after `delay`.
    func keepSaying(_ text: String, after delay: TimeAmount) -> RepeatedTask {
        loop.scheduleRepeatedTask(initialDelay: delay, delay: .seconds(1)) { [peer] _ in peer.value.say([text]) }
    }

    func tally() async throws -> PeerTally { try await loop.submit { [peer] in peer.value.tally }.get() }

    private func act(_ body: @escaping @Sendable (any CostPeer) -> Void) {
        loop.execute { [peer] in body(peer.value) }
    }
}

extension [Peer] {
    func say(_ text: String) {
        for peer in self { peer.say(text) }
    }

    func leave() {
        for peer in self { peer.leave() }
    }

    func cut() {
        for peer in self { peer.cut() }
    }
}
