import Backplane
import NIOCore
import SignalDomain

/// One stamped signal on its way to the members of a room.
struct Envelope: Sendable {
    let room: RoomKey
    let peer: PeerID
    /// The only receivers; nil = everybody.
    let audience: Dialect?
    /// Whose socket waits when the way to the receivers is full; nil = it is on another node.
    let sender: Session?
    /// The frame as local receivers get it; the payload behind its header is what travels.
    let frame: ByteBuffer
    let nodes: [NodeInstance]
    /// What the message is for, where that is known already.
    var kind: SignalKind?

    /// What the inbox of another node gets.
    var inboxFrame: InboxFrame {
        if let audience { return .variant(room, from: peer, for: audience, payload: payload) }
        return .broadcast(room, from: peer, payload: payload)
    }

    /// The JSON text inside the frame.
    var payload: ByteBuffer { SignalFrame.payload(of: frame) }
}

/// Collects envelopes into batches per set of destination nodes, so that a burst costs one publish per destination.
///
/// Order is kept for every destination: a frame joins an earlier batch only if no later batch goes to any of its nodes.
struct EnvelopeBatches {
    struct Batch {
        let nodes: [NodeInstance]
        var content: InboxBatch
        var signals: Int
    }

    /// A batch that has grown to this size is closed.
    static let maxBytes = 65_536

    private(set) var batches: [Batch] = []
    /// The last batch of each node, kept from the second batch on: mostly there is but one.
    private var last: [NodeInstance: Int] = [:]

    mutating func append(_ envelope: Envelope) {
        append(
            envelope.inboxFrame, to: envelope.nodes,
            size: envelope.frame.readableBytes)
    }

    mutating func append(_ frame: InboxFrame, to nodes: [NodeInstance], size: Int) {
        if let index = open(for: nodes) {
            batches[index].content.append(frame)
            batches[index].signals += 1
            return
        }
        var content = InboxBatch(capacity: size + 128)
        content.append(frame)
        if batches.count == 1 { for node in batches[0].nodes { last[node] = 0 } }
        if !batches.isEmpty { for node in nodes { last[node] = batches.count } }
        batches.append(Batch(nodes: nodes, content: content, signals: 1))
    }

    private func open(for nodes: [NodeInstance]) -> Int? {
        guard let first = nodes.first, let index = batches.count == 1 ? 0 : last[first],
            batches[index].nodes == nodes, batches[index].content.bytes.readableBytes < Self.maxBytes,
            batches.count == 1 || nodes.allSatisfy({ last[$0] == index })
        else { return nil }
        return index
    }
}
