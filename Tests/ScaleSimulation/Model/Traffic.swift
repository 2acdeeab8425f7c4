/// What passed between the nodes and the Redis primaries.
package struct Traffic: Sendable {
    /// One primary.
    package struct Primary: Sendable {
        package var commands = Counts<CommandKind>()
        package var frames = Counts<FrameKind>()
        /// Of the batches that the frames were published in.
        package var frameBytes = 0
    }

    /// One node.
    package struct Node: Sendable {
        package var commands = 0
        package var frames = 0
        package var frameBytes = 0
        /// Messages for its clients: welcomes, presence, signals.
        package var messages = 0
    }

    package var primaries: [Primary]
    package var nodes: [Node]

    init(shards: Int, nodes: Int) {
        primaries = Array(repeating: Primary(), count: shards)
        self.nodes = Array(repeating: Node(), count: nodes)
    }

    /// Of all primaries.
    package var commands: Counts<CommandKind> { primaries.reduce(Counts()) { $0 + $1.commands } }
    package var frames: Counts<FrameKind> { primaries.reduce(Counts()) { $0 + $1.frames } }
    package var frameBytes: Int { primaries.reduce(0) { $0 + $1.frameBytes } }

    static func - (after: Traffic, before: Traffic) -> Traffic {
        var difference = after
        difference.primaries = zip(after.primaries, before.primaries).map { after, before in
            Primary(
                commands: after.commands - before.commands, frames: after.frames - before.frames,
                frameBytes: after.frameBytes - before.frameBytes)
        }
        difference.nodes = zip(after.nodes, before.nodes).map { after, before in
            Node(
                commands: after.commands - before.commands, frames: after.frames - before.frames,
                frameBytes: after.frameBytes - before.frameBytes, messages: after.messages - before.messages)
        }
        return difference
    }
}
