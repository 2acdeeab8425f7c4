package import Backplane

/// A command as Redis counts it: one script or one plain command.
package enum CommandKind: Int, CaseIterable, Sendable {
    case register, heartbeat, index, unindex, join, leave, update, send, confirm, announce, sync, sweep, claim
    case roomsOfDead, finishSweep
    /// Frames for one inbox.
    case publish
    /// Frames for the inboxes of several nodes.
    case fan
    case other

    package init(_ command: BackplaneCommand) {
        self =
            switch command {
            case .register: .register
            case .heartbeat: .heartbeat
            case .index: .index
            case .unindex: .unindex
            case .join: .join
            case .leave: .leave
            case .update: .update
            case .send: .send
            case .confirm: .confirm
            case .announce: .announce
            case .sync: .sync
            case .sweep: .sweep
            case .claimSweep: .claim
            case .roomsOfDead: .roomsOfDead
            case .finishSweep: .finishSweep
            default: .other
            }
    }
}

/// What a frame in an inbox is about.
package enum FrameKind: Int, CaseIterable, Sendable {
    case membership, signal, receipt, echo, death, other

    package init(_ frame: InboxFrame) {
        self =
            switch frame {
            case .joined, .left: .membership
            case .directed, .broadcast, .variant, .letter: .signal
            case .confirmed, .undeliverable: .receipt
            case .echo: .echo
            case .dead: .death
            case .sanction, .kick, .console: .other
            }
    }
}
