package import SignalDomain
package import SignalNode

/// The body of a rendezvous request: members of the right type, each with a machine word when it is not.
package struct RegistrationBody {
    private let members: [String: JSONValue]

    package init(_ members: [String: JSONValue]) { self.members = members }

    package func registration() throws(Refusal) -> RegistrationRequest {
        RegistrationRequest(
            namespace: try namespace(), room: try room(), peerID: try peerID(), addresses: try addresses(),
            metadata: try metadata(), ttl: try ttl())
    }

    func namespace() throws(Refusal) -> String? { try name("namespace", code: "invalid_namespace") }

    func room() throws(Refusal) -> String? { try name("room", code: "invalid_room") }

    func peerID() throws(Refusal) -> String {
        guard case .string(let text)? = members["peerId"] else {
            throw .wrongType("peerId", code: "invalid_peer_id", expected: "a text")
        }
        return text
    }

    private func name(_ key: String, code: String) throws(Refusal) -> String? {
        switch members[key] {
        case .string(let text): return text
        case nil, .null: return nil
        default: throw .wrongType(key, code: code, expected: "a text")
        }
    }

    private func addresses() throws(Refusal) -> [String] {
        switch members["addresses"] {
        case nil, .null: return []
        case .array(let items):
            var texts: [String] = []
            for item in items {
                guard case .string(let text) = item else {
                    throw .wrongType("addresses", code: "invalid_addresses", expected: "a list of texts")
                }
                texts.append(text)
            }
            return texts
        default: throw .wrongType("addresses", code: "invalid_addresses", expected: "a list of texts")
        }
    }

    private func metadata() throws(Refusal) -> String {
        switch members["metadata"] {
        case nil, .null: return "{}"
        case .object(let object)?: return try JSONValue.object(object).text()
        default: throw .wrongType("metadata", code: "invalid_metadata", expected: "an object")
        }
    }

    private func ttl() throws(Refusal) -> Double? {
        switch members["ttlMs"] {
        case nil: return nil
        case .number(let number) where number.isFinite && number >= 1: return number
        default: throw .wrongType("ttlMs", code: "E_INVALID_TTL", expected: "a number of milliseconds, 1 or more")
        }
    }
}

extension Refusal {
    fileprivate static func wrongType(_ member: String, code: String, expected: String) -> Refusal {
        Refusal(status: 400, code: code, title: "Bad Request", sentence: "\(member) must be \(expected).")
    }
}
