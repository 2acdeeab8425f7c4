import FailoverHistory

/// Clients that go: for good, or for a while.
extension Fleet {
    /// `share` (0…1) of the clients of a node hear nothing from now on, before the node itself is lost with their sockets.
    func lose(_ share: Double, at node: String) {
        for member in members where member.client.isOpen && member.client.session.node == node {
            guard Double.random(in: 0..<1, using: &random) < share else { continue }
            recorder.record(.gaveUp(client: Client(member.client.number), why: "with its node", planned: true))
            member.client.fallSilent()
        }
    }

    /// Every client of a node that holds a share dials again over a new socket; answers who does.
    func redial(_ share: Double, at node: String) -> [Int] {
        let chosen = members.indices.filter { index in
            let client = members[index].client
            return client.isOpen && client.session.node == node && Double.random(in: 0..<1, using: &random) < share
        }
        for index in chosen { members[index].client.goHome() }
        return chosen
    }

    /// The same for those of `chosen` that were not welcomed yet.
    func lose(unwelcomed chosen: [Int]) {
        for index in chosen where !members[index].client.isOpen && !members[index].client.isGone {
            recorder.record(.gaveUp(client: Client(members[index].client.number), why: "with its node", planned: true))
            members[index].client.fallSilent()
        }
    }

    /// One member of each room that sits on one node leaves for good.
    func leaveRooms() {
        for room in plan.spreads.indices where plan.spreads[room] == 1 {
            let open = members.filter { $0.room == room && $0.client.isOpen }
            guard open.count > 1, let member = open.randomElement(using: &random) else { continue }
            recorder.record(.leftOnPurpose(client: Client(member.client.number)))
            member.client.leave()
        }
    }

    /// A share of all clients drops its socket and stays away.
    func hide(_ share: Double) {
        for member in members where Double.random(in: 0..<1, using: &random) < share { member.client.hide() }
    }

    /// Whoever hides resumes, on another node if it can: what its old node still has for it does not help.
    func comeBack() {
        for member in members where member.client.isHidden { member.client.comeBack() }
    }
}
