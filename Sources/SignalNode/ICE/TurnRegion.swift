import SignalDomain

/// TURN servers in one place.
struct TurnRegion: Hashable, Sendable {
    /// How many of these there may be.
    static let maxRegions = 64

    /// What a client may ask for; empty for the only place there is.
    var name: String
    /// Its share of the clients that ask for no region.
    var weight: Int
    var uris: [String]

    /// Reads `name=uri,uri;name:weight=uri`; nil = it is something else.
    static func list(_ text: String) -> [TurnRegion]? {
        var regions: [TurnRegion] = []
        for entry in text.split(separator: ";") {
            let entry = NodeConfiguration.TextForm.trimmed(entry)
            if entry.isEmpty { continue }
            guard let equals = entry.firstIndex(of: "=") else { return nil }
            let head = entry[..<equals].split(separator: ":", omittingEmptySubsequences: false)
            let name = NodeConfiguration.TextForm.trimmed(head[0])
            guard head.count <= 2, NodeConfiguration.TextForm.isShardName(name),
                let weight = head.count == 2 ? Int(head[1]) : 1, 1...1_000 ~= weight,
                !regions.contains(where: { $0.name == name })
            else { return nil }
            let uris = entry[entry.index(after: equals)...].split(separator: ",").map(
                NodeConfiguration.TextForm.trimmed)
            guard !uris.isEmpty else { return nil }
            regions.append(TurnRegion(name: name, weight: weight, uris: uris))
        }
        return regions.isEmpty || regions.count > maxRegions ? nil : regions
    }

    /// The place for a client: the one that it asks for, else one by weight, always the same for the same `point`.
    static func pick(_ regions: [TurnRegion], hint: String?, point: UInt64) -> TurnRegion? {
        if let hint, let asked = regions.first(where: { $0.name == hint.lowercased() }) { return asked }
        let total = regions.reduce(0) { $0 + $1.weight }
        guard total > 0 else { return nil }
        var rest = Int(point % UInt64(total))
        for region in regions {
            if rest < region.weight { return region }
            rest -= region.weight
        }
        return regions.last
    }

    /// `turn:` or `turns:`, a host, and optionally a port and `?transport=udp` or `tcp` (RFC 7065 §3.1).
    static func isURI(_ text: String) -> Bool {
        guard let colon = text.firstIndex(of: ":"), ["turn", "turns"].contains(text[..<colon]) else { return false }
        let parts = text[text.index(after: colon)...].split(separator: "?", omittingEmptySubsequences: false)
        let isHost = !parts[0].isEmpty && !parts[0].contains { "/@ ".contains($0) }
        return isHost && parts.count <= 2
            && (parts.count == 1 || ["transport=udp", "transport=tcp"].contains(parts[1].lowercased()))
    }
}
