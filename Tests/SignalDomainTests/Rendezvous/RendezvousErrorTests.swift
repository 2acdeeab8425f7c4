import SignalDomain
import Testing

@Suite("Rendezvous time to live and refusals")
struct RendezvousErrorTests {
    @Test(
        "a time to live is brought into the bounds",
        arguments: [
            (nil, 60_000), (1, 5_000), (4_999.9, 5_000), (5_000, 5_000), (60_000.7, 60_000), (259_200_000, 259_200_000),
            (259_200_001, 259_200_000), (1e300, 259_200_000),
        ] as [(Double?, Int64)])
    func normalizes(ttlMs: Double?, expected: Int64) throws {
        #expect(try RendezvousTTL.normalize(ttlMs) == expected)
    }

    @Test("what is no time to live is refused", arguments: [0, 0.5, -1, -.infinity, .infinity, .nan, -1e300])
    func refuses(ttlMs: Double) {
        #expect(throws: RendezvousError.invalidTTL) { try RendezvousTTL.normalize(ttlMs) }
    }

    @Test(
        "a limit is brought into 1 to 1000",
        arguments: [(nil, 32), (0, 1), (-5, 1), (1, 1), (1000, 1000), (Int.max, 1000)] as [(Int?, Int)])
    func limits(wanted: Int?, expected: Int) {
        #expect(RendezvousBounds().discoverLimit(wanted) == expected)
    }

    @Test(
        "each error has the code and the status of the protocol",
        arguments: [
            (RendezvousError.invalidTTL, "E_INVALID_TTL", 400), (.invalidCookie, "E_INVALID_COOKIE", 400),
            (.invalidName(NameError(field: .room, reason: .empty)), "E_INVALID_NAMESPACE", 400),
            (.invalidName(NameError(field: .peerID, reason: .empty)), "E_INVALID_PEER_ID", 400),
            (.invalidAddresses("No."), "E_INVALID_ADDRESSES", 400),
            (.invalidMetadata("No."), "E_INVALID_METADATA", 400),
            (.tokenRequired, "E_NOT_AUTHORIZED", 401), (.otherOwner, "E_NOT_AUTHORIZED", 403),
            (.tooManyRecords(retryAfterSeconds: 3), "E_UNAVAILABLE", 429),
            (.unavailable(retryAfterSeconds: 3), "E_UNAVAILABLE", 503),
        ])
    func maps(error: RendezvousError, code: String, status: Int) {
        #expect(error.code == code && error.refusal.code == code && error.refusal.status == status)
        #expect((error.refusal.retryAfterSeconds == 3) == [429, 503].contains(status))
    }
}
