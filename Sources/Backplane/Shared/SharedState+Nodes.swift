import SignalDomain

/// Leases: who is alive, by the store's clock alone.
extension SharedState {
    /// REG. The lease clock is judged here as in a heartbeat, so that the first command after an outage, whichever it
    /// is, grants the amnesty.
    mutating func register(_ node: NodeInstance, _ info: NodeInfo, _ clock: Clock) -> BackplaneReply {
        guard agree(info.shards, clock) else { return .mismatched }
        shards = info.shards
        let epoch = self.epoch ?? String(clock.micros)
        self.epoch = epoch
        live[node] = clock.millis + timings.leaseMs
        self.info[node] = info
        return .registered(epoch: epoch)
    }

    /// Whether no live node knows other shards. Leases are judged by the lease clock: a stranger that comes first after an
    /// outage does not find everybody dead.
    mutating func agree(_ shards: String, _ clock: Clock) -> Bool {
        if guards.contains(.amnestyAtRegistration) { grantAmnesty(clock) }
        lastBeatMs = clock.millis
        return self.shards == nil || self.shards == shards || !live.contains { $0.value > clock.millis }
    }

    /// HB: renews a lease that exists, reaps those that ran out, and tells which sweep jobs are open and what addresses
    /// use over all nodes.
    mutating func heartbeat(
        _ node: NodeInstance, _ sequence: UInt64, _ report: NodeReport, _ clock: Clock
    ) -> BackplaneReply {
        if guards.contains(.renewOnly), live[node] == nil { return .fenced }
        grantAmnesty(clock)
        pruneInboxes(clock)
        pruneRendezvous(clock)
        lastBeatMs = clock.millis
        live[node] = clock.millis + timings.leaseMs
        let lost = live.filter { $0.value <= clock.millis }.keys.sorted()
        for lost in lost {
            live[lost] = nil
            reports[lost] = nil
        }
        reports[node] = report
        if guards.contains(.durableSweep) {
            for lost in lost {
                dead[lost] = clock.millis
                publish(.dead(lost), to: live.keys.sorted())
            }
        }
        publish(.echo(sequence: sequence), to: [node])
        let jobs = guards.contains(.durableSweep) ? dead.keys.sorted() : lost
        return .beat(
            HeartbeatReply(
                epoch: epoch ?? "", now: clock.millis, dead: jobs, nodes: live.count,
                totals: AddressTotals(of: reports.values)))
    }

    /// A drained node leaves a lease behind for its sessions to move, and no longer counts as one that can be asked.
    mutating func retire(_ node: NodeInstance, _ leaseMs: Int, _ clock: Clock) -> BackplaneReply {
        guard live[node] != nil else { return .fenced }
        live[node] = clock.millis + Int64(leaseMs)
        reports[node] = nil
        return .done
    }

    mutating func describe(_ node: NodeInstance, _ info: NodeInfo) -> BackplaneReply {
        self.info[node] = info
        return .done
    }

    func liveNodes(_ clock: Clock) -> [LiveNode] {
        live.sorted { $0.key < $1.key }.map { node, end in
            let info = info[node] ?? NodeInfo(name: "", version: "")
            return LiveNode(
                node: node,
                info: NodeInfo(
                    name: info.name, version: info.version, shards: shards ?? "", startedAt: info.startedAt,
                    isDraining: info.isDraining),
                leaseLeftMs: end - clock.millis, report: reports[node] ?? NodeReport())
        }
    }

    /// No heartbeat at all for longer than the gap means that the store was away: every lease moves by that time.
    private mutating func grantAmnesty(_ clock: Clock) {
        let gap = clock.millis - (lastBeatMs ?? clock.millis)
        guard guards.contains(.amnesty), gap > timings.amnestyGapMs else { return }
        live = live.mapValues { $0 + gap - timings.heartbeatMs }
    }

    mutating func mark(_ node: NodeInstance, _ room: RoomKey, present: Bool) -> BackplaneReply {
        if present {
            index[node, default: []].insert(room)
        } else {
            index[node]?.remove(room)
            if index[node]?.isEmpty == true { index[node] = nil }
        }
        return .done
    }

    mutating func claim(_ node: NodeInstance, by claimant: NodeInstance, _ clock: Clock) -> BackplaneReply {
        if let claim = claims[node], claim.untilMs > clock.millis, claim.by != claimant { return .claimed(false) }
        claims[node] = (claimant, clock.millis + timings.leaseMs)
        return .claimed(true)
    }

    mutating func finishSweep(_ node: NodeInstance) -> BackplaneReply {
        guard live[node] == nil, index[node] == nil else { return .done }
        dead[node] = nil
        info[node] = nil
        claims[node] = nil
        return .done
    }
}
