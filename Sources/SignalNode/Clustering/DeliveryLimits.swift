import Backplane

extension Delivery.Limits {
    /// The bounds of reliable signals, as configured.
    init(_ configuration: NodeConfiguration.Delivery) {
        self.init()
        spillMs = Int64(configuration.spillMs)
        spillMaxMs = Int64(configuration.spillMaxMs)
        unconfirmedMs = Int64(configuration.unconfirmedMs)
        outcomeMs = Int64(configuration.outcomeMs)
        copyMs = Int64(configuration.inboxTTLMs)
        inboxEntries = configuration.inboxEntries
        bytesPerSession = configuration.heldBytesPerSession
        bytesPerNode = configuration.heldBytesPerNode
    }
}
