import SignalDomain
import Synchronization

/// What happens on this node, for those who watch it: operators at a console.
///
/// Safe from any thread: the listeners sit behind a `Mutex`. One that reads too slowly loses its stream, not the node its
/// memory.
public final class NodeEvents: Sendable {
    /// Events that may wait for one listener.
    static let maxWaiting = 1_024
    /// Listeners at once.
    static let maxListeners = 16

    private struct Listener {
        let client: ClientAddress
        let continuation: AsyncStream<[UInt8]>.Continuation
    }

    private struct State {
        var listeners: [UInt64: Listener] = [:]
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Server-Sent Events as text, until the listener stops or falls behind; nil when too many listen already.
    func listen(as client: ClientAddress) -> AsyncStream<[UInt8]>? {
        let (stream, continuation) = AsyncStream.makeStream(
            of: [UInt8].self, bufferingPolicy: .bufferingOldest(Self.maxWaiting))
        let id: UInt64? = state.withLock { state in
            guard state.listeners.count < Self.maxListeners else { return nil }
            state.next += 1
            state.listeners[state.next] = Listener(client: client, continuation: continuation)
            return state.next
        }
        guard let id else { return nil }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: id) }
        }
        return stream
    }

    /// Ends the streams of listeners that may not be here.
    func end(where isUnwanted: (ClientAddress) -> Bool) {
        let listeners = state.withLock { Array($0.listeners.values) }
        for listener in listeners where isUnwanted(listener.client) { listener.continuation.finish() }
    }

    /// Says nothing to everybody, so that a listener whose connection is gone is noticed.
    func beat() {
        for listener in state.withLock({ Array($0.listeners.values) }) {
            listener.continuation.yield(Array(":\n\n".utf8))
        }
    }

    func publish(_ event: @autoclosure () -> NodeEvent) {
        let listeners = state.withLock { Array($0.listeners.values) }
        guard !listeners.isEmpty else { return }
        let text = event().text
        for listener in listeners {
            if case .dropped = listener.continuation.yield(text) { listener.continuation.finish() }
        }
    }
}

/// One thing that happened.
enum NodeEvent: Sendable {
    case joined(PeerID, in: RoomKey)
    case left(PeerID, in: RoomKey)
    case kicked(PeerID, in: RoomKey)
    case decided(SanctionEntry)
    case backplane(shard: String, String)
    case draining(Bool)

    /// `event:` and `data:`, as in the standard for Server-Sent Events.
    var text: [UInt8] {
        var data = JSONObjectText()
        let name: String
        switch self {
        case .joined(let peer, let room): name = Self.member("joined", peer, room, &data)
        case .left(let peer, let room): name = Self.member("left", peer, room, &data)
        case .kicked(let peer, let room): name = Self.member("kicked", peer, room, &data)
        case .decided(let entry):
            name = "moderation"
            data.add("kind", entry.sanction.kind.rawValue)
            data.add("target", entry.sanction.target.text)
            if let room = entry.sanction.room {
                data.add("namespace", room.namespace)
                data.add("room", room.room)
            }
            data.add("lifted", entry.isLifted)
            data.add("reason", entry.sanction.reason)
            if let end = entry.sanction.expiresAt { data.add("expiresAt", end) }
        case .backplane(let shard, let state):
            name = "shard"
            data.add("shard", shard)
            data.add("state", state)
        case .draining(let isDraining):
            name = "node"
            data.add("state", isDraining ? "draining" : "up")
        }
        return Array("event: \(name)\ndata: ".utf8) + data.closed + Array("\n\n".utf8)
    }

    private static func member(
        _ name: String, _ peer: PeerID, _ room: RoomKey, _ data: inout JSONObjectText
    ) -> String {
        data.add("peerId", peer.text)
        data.add("namespace", room.namespace)
        data.add("room", room.room)
        return name
    }
}
