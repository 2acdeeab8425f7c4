public import SignalDomain

extension NodeConfiguration.Rendezvous {
    /// The same bounds as the registry takes them.
    public var bounds: RendezvousBounds {
        var bounds = RendezvousBounds()
        bounds.maxAddresses = maxAddresses
        bounds.maxAddressBytes = addressBytes
        bounds.maxMetadataBytes = metadataBytes
        bounds.defaultTTLMs = Int64(defaultTTLMs)
        bounds.minTTLMs = Int64(minTTLMs)
        bounds.maxTTLMs = Int64(maxTTLMs)
        bounds.maxRecordsPerRoom = recordsPerRoom
        bounds.maxRecordsPerAddress = recordsPerAddress
        bounds.maxRoomsPerOwner = roomsPerOwner
        bounds.defaultDiscoverLimit = defaultDiscoverLimit
        bounds.maxDiscoverLimit = maxDiscoverLimit
        return bounds
    }
}
