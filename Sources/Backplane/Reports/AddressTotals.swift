/// What addresses use over all nodes, as far as nodes report it: of each kind the `NodeReport.maxLoads` largest totals.
public struct AddressTotals: Hashable, Sendable {
    public var connections: [AddressCode: Int]
    public var messages: [AddressCode: Int]

    public init(connections: [AddressCode: Int] = [:], messages: [AddressCode: Int] = [:]) {
        self.connections = connections
        self.messages = messages
    }

    public var isEmpty: Bool { connections.isEmpty && messages.isEmpty }

    /// The sums over `reports`: what the scripts keep up to date step by step.
    init(of reports: some Sequence<NodeReport>) {
        var sums = AddressTotals()
        for report in reports {
            let loads = Dictionary(report.loads.map { ($0.code, $0) }) { $1 }
            for load in loads.values {
                sums.connections[load.code, default: 0] += load.connections
                sums.messages[load.code, default: 0] += load.messages
            }
        }
        self.init(connections: Self.largest(sums.connections), messages: Self.largest(sums.messages))
    }

    /// Of equal totals the larger codes stay, as in a sorted set that is read from its end.
    private static func largest(_ sums: [AddressCode: Int]) -> [AddressCode: Int] {
        let present = sums.filter { $0.value > 0 }
        guard present.count > NodeReport.maxLoads else { return present }
        let order = present.sorted { ($0.value, $0.key) > ($1.value, $1.key) }
        return Dictionary(uniqueKeysWithValues: order.prefix(NodeReport.maxLoads).map { ($0.key, $0.value) })
    }

    /// The totals without what one of the nodes reported.
    public func without(_ report: NodeReport) -> AddressTotals {
        var rest = self
        for load in report.loads {
            rest.connections[load.code]? -= load.connections
            rest.messages[load.code]? -= load.messages
        }
        return rest
    }
}
