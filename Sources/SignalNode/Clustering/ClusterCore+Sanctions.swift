import Backplane
import SignalDomain

extension ClusterCore {
    /// On every connection anew: this node may have missed decisions, and the shared state may have lost some. What it
    /// holds is read before the first join of the connection is answered.
    func reloadSanctions() {
        backplane.call(.sanctions) { [weak self] result in
            guard let self, case .success(.sanctions(let stored)) = result else { return }
            let lost = recall(stored)
            for start in stride(from: 0, to: lost.count, by: AnnounceCommand.pageSize) {
                let page = Array(lost[start..<min(start + AnnounceCommand.pageSize, lost.count)])
                backplane.call(.sanction(page, isNew: false)) { _ in }
            }
        }
    }

    /// Removes a member of this node from a room, or all of them, with a socket or without.
    func expel(_ room: RoomKey, _ target: ExpulsionTarget, _ reason: CloseReason) {
        for (name, record) in machine.membership.ownMembers(of: room) {
            let isAttached = sessions[record.connection] != nil
            guard target.meets(name, owner: record.owner, isAttached: isAttached) else { continue }
            if isAttached {
                on(record.connection) { $0.expel(reason, showing: .kicked) }
            } else {
                remove(Place(room: room, peer: name), record.connection)
            }
        }
    }
}
