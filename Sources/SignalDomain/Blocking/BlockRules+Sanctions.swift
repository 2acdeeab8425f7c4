extension BlockRules {
    /// The rules that operators have given to the whole cluster.
    ///
    /// - Parameter blocks: decisions of the kind `block`; others say nothing about who may connect.
    public init(_ blocks: some Sequence<SanctionEntry>) {
        self.init()
        for entry in blocks where entry.sanction.kind == .block && !entry.isLifted {
            let end = entry.sanction.expiresAt.map { Timestamp(milliseconds: $0) }
            switch entry.sanction.target {
            case .range(let range): block(range, until: end)
            case .network(let network): block(network: network, until: end)
            case .peer, .subject, .token, .address, .room: break
            }
        }
    }
}
