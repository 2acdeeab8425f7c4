import Testing

/// Schedules that once ended in a violation.
@Suite("Known counterexamples stay closed")
struct TraceTests {
    private func faults(after steps: [Step], in start: Model) -> [String] {
        var model = start
        for step in steps { model.take(step) }
        model.comeToRest()
        return model.faults
    }

    @Test("a leave that a failover takes back is repeated although the room was forgotten")
    func forgottenRoom() {
        let model = Model(seats: [0, 1], budget: Budget(leaves: 1, failovers: 1))
        #expect(faults(after: [.leave(peer: 0, node: 0), .execute(0), .reply(0), .failover], in: model) == [])
    }

    @Test("a takeover that is read before the snapshot of a reconnect ends the session here")
    func takeoverBeforeSnapshot() {
        let model = Model(seats: [0, 1], budget: Budget(joins: 1, unlinks: 1))
        let steps: [Step] = [
            .unlink(0, inFlightRuns: false), .link(0), .execute(0), .reply(0), .execute(0), .execute(0), .execute(0),
            .reply(0), .join(peer: 0, node: 1), .execute(1), .read(0),
        ]
        #expect(faults(after: steps, in: model) == [])
    }

    @Test("a session that lost its place is not announced again in the same breath")
    func dismissedIsNotAnnounced() {
        let model = Model(seats: [nil, 1], budget: Budget(joins: 2, leaves: 1))
        let steps: [Step] = [
            .join(peer: 0, node: 0), .execute(0), .execute(0), .join(peer: 0, node: 1), .execute(1), .reply(1),
            .leave(peer: 0, node: 1), .execute(1), .read(0), .reply(0), .execute(0), .reply(0),
        ]
        #expect(faults(after: steps, in: model) == [])
    }
}

extension Model {
    /// Takes the first step that the protocol has, until it has none.
    fileprivate mutating func comeToRest() {
        for _ in 0..<10_000 {
            if let step = protocolSteps.first {
                take(step)
            } else if let step = lateSteps.first {
                take(step)
            } else {
                return
            }
        }
        preconditionFailure("the model never came to rest")
    }
}
