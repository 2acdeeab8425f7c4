import Backplane

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
}
