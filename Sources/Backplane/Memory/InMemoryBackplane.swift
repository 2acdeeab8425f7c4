public import NIOCore

/// One node's link to an in-memory hub: the embedded backplane of a node without Redis.
///
/// Confined to `loop`; replies arrive in a later turn of the loop, as they would over a socket.
public final class InMemoryBackplane: Backplane {
    /// Where frames for a node arrive, from any thread.
    struct Inbox: Sendable {
        let loop: any EventLoop
        let target: NIOLoopBound<InMemoryBackplane>
        let generation: UInt64

        func deliver(_ batch: ByteBuffer) {
            loop.execute { [target, generation] in target.value.arrived(batch, generation) }
        }
    }

    public let loop: any EventLoop
    private let hub: InMemoryHub
    private var node: NodeInstance?
    private var events: ((BackplaneEvent) -> Void)?
    private var generation: UInt64 = 0
    private var isUp = false

    public init(hub: InMemoryHub, loop: any EventLoop) {
        self.hub = hub
        self.loop = loop
    }

    public func connect(as node: NodeInstance, events: @escaping (BackplaneEvent) -> Void) {
        disconnect()
        self.node = node
        self.events = events
        dial()
    }

    public func reconnect(after loss: LinkLoss, reason: String) {
        guard node != nil else { return }
        let wasUp = isUp
        disconnect()
        if wasUp { events?(.down(loss, reason: reason)) }
        dial()
    }

    public func call(
        _ command: BackplaneCommand, completion: @escaping (Result<BackplaneReply, BackplaneError>) -> Void
    ) {
        guard isUp else { return completion(.failure(.unavailable)) }
        let reply = hub.execute(command)
        let generation = generation
        let answer = NIOLoopBound(
            { [self] in completion(generation == self.generation && isUp ? .success(reply) : .failure(.lost)) },
            eventLoop: loop)
        loop.execute { answer.value() }
    }

    public func publish(_ batch: ByteBuffer, to nodes: [NodeInstance], completion: @escaping (Bool) -> Void) {
        if isUp { hub.publish(batch, to: nodes) }
        completion(isUp)
    }

    public func close() {
        disconnect()
        node = nil
        events = nil
    }

    private func dial() {
        guard let node else { return }
        generation += 1
        let inbox = Inbox(loop: loop, target: NIOLoopBound(self, eventLoop: loop), generation: generation)
        hub.open(inbox, for: node)
        let generation = generation
        let up = NIOLoopBound(
            { [self] in
                guard generation == self.generation else { return }
                isUp = true
                events?(.up(generation: generation))
            }, eventLoop: loop)
        loop.execute { up.value() }
    }

    private func disconnect() {
        isUp = false
        generation += 1
        if let node { hub.close(node) }
    }

    private func arrived(_ batch: ByteBuffer, _ generation: UInt64) {
        guard isUp, generation == self.generation else { return }
        events?(.inbox(batch))
    }
}
