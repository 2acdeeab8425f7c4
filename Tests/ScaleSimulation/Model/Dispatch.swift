package import Backplane

/// Something that a node sends to Redis.
package enum Dispatch: Sendable {
    case command(BackplaneCommand)
    case frame(InboxFrame, to: [NodeInstance])

    package var kind: CommandKind {
        switch self {
        case .command(let command): CommandKind(command)
        case .frame(_, let nodes): nodes.count == 1 ? .publish : .fan
        }
    }
}
