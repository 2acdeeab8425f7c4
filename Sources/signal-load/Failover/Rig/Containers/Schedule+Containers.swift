import FailoverHistory

extension Schedule {
    /// What can be done to containers, under six minutes on two cores.
    static let containers = Schedule(entries: [
        Entry(step: KillNode(), rounds: 2),
        Entry(step: RollingRestart(), rounds: 1),
        Entry(step: PauseNode(step: .shortPause, seconds: 3), rounds: 1),
        Entry(step: PauseNode(step: .longPause, seconds: 12), rounds: 1),
        Entry(step: Partition(step: .partitionDrop, seconds: 8), rounds: 1),
        Entry(step: PauseRedis(seconds: 8), rounds: 1),
        Entry(step: EmptyRedis(step: .redisRestartEmpty), rounds: 1),
        Entry(step: EmptyRedis(step: .redisFlush), rounds: 1),
        Entry(step: KillTwoNodes(aims: false), rounds: 1),
        Entry(step: FailOverRedis(step: .redisFailover), rounds: 1),
        Entry(step: FailOverRedis(step: .redisFailoverLagging), rounds: 1),
        Entry(step: KillAndFailOver(), rounds: 1),
    ])

    /// Why a step is not among them; nil when it is.
    static func containersRefuse(_ step: Step) -> String? {
        switch step {
        case .lateCommands:
            "\(step.rawValue) needs a wire that holds packets back; the network of containers loses them"
        case .partitionReset:
            "\(step.rawValue) needs a wire that resets; the network of containers loses packets: use F4a"
        case .redisFailoverRefused: "\(step.rawValue) needs a door of Redis beside its network; containers have none"
        case .edgeReload: "\(step.rawValue) needs one node more than docker-compose.yml has"
        default: nil
        }
    }
}
