import Backplane

extension BackplaneCommand {
    /// A heartbeat as it is sent: the machine that asks for it knows nothing of reports.
    func reporting(_ report: NodeReport) -> BackplaneCommand {
        guard case .heartbeat(let node, let sequence, _) = self else { return self }
        return .heartbeat(node, sequence: sequence, report: report)
    }
}
