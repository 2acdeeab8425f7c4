extension NodeConfiguration {
    /// The TURN servers whose credentials clients are given (docs/turn.md). Without a secret there are none.
    public struct TURN: Sendable, Equatable {
        /// The `static-auth-secret`s of the TURN servers, at most two: the first one signs, the second one is that which
        /// the servers still accept while secrets change.
        public var secrets: [String] = []
        /// TURN servers of a service in one place (RFC 7065 URIs).
        public var uris: [String] = []
        /// `name=uri,uri;name:weight=uri`: TURN servers in several places; excludes `uris`.
        public var regions: String?
        /// How long credentials are good for, in seconds.
        public var ttlSeconds = 1_800
        /// How often per minute one peer is given credentials, and one address (IPv6: one /64); 0 = no limit.
        public var credentialsPerMinute = 6

        public init() {}

        /// The regions as read; a service in one place is one region without a name. Nil = they cannot be read.
        var places: [TurnRegion]? {
            guard let regions else { return uris.isEmpty ? [] : [TurnRegion(name: "", weight: 1, uris: uris)] }
            return TurnRegion.list(regions)
        }
    }

    func turnProblems() -> [String] {
        var found: [String] = []
        if turn.secrets.count > 2 {
            found.append("TURN_SECRET holds more than two secrets: the new one and the one before are enough.")
        }
        for (index, secret) in turn.secrets.enumerated() where secret.utf8.count < 16 {
            found.append("TURN_SECRET: entry \(index + 1) is shorter than 16 bytes: use openssl rand -hex 32.")
        }
        if !turn.uris.isEmpty, turn.regions != nil {
            found.append("TURN_URIS and TURN_REGIONS are both set: keep one.")
        }
        guard let places = turn.places else {
            found.append(
                "TURN_REGIONS must look like eu=turn:eu.example.org:3478,turns:eu.example.org:5349?transport=tcp;"
                    + "us:2=turn:us.example.org:3478, with different names of 1 to 32 of a-z 0-9 - and weights of 1 to 1000."
            )
            return found
        }
        for uri in places.flatMap(\.uris) where !TurnRegion.isURI(uri) {
            let name = turn.regions == nil ? "TURN_URIS" : "TURN_REGIONS"
            found.append("\(name): \"\(uri)\" is not a TURN address like turn:turn.example.org:3478?transport=udp.")
        }
        if turn.secrets.isEmpty != places.isEmpty {
            found.append(
                places.isEmpty
                    ? "TURN_SECRET is set without TURN_URIS or TURN_REGIONS: which servers is it for?"
                    : "TURN_SECRET is missing: without it nobody can use the servers of TURN_URIS or TURN_REGIONS.")
        }
        return found
    }
}
