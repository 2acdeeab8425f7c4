import NIOCore
import SignalDomain
import SignalNode
import SignalTransport

/// Bodies of requests: any JSON, and the registration that is read from it.
///
/// Promises: no trap; what is accepted is one object, and says the same when it is written and read again; a time to
/// live that is accepted ends within its bounds; addresses and metadata that pass the bounds are within them.
struct BodyFuzz: FuzzTarget {
    private static let mutator = Mutator([
        "\"peerId\":", "\"addresses\":", "\"metadata\":", "\"ttlMs\":", "\"room\":", "null", "1e308", "-1", "0.1",
        "1e999",
        "9007199254740993", "[[[[[[[[[[[[[[[[", "{\"a\":{\"a\":{\"a\":{\"a\":1}}}}", "\\ud800", "\\u0000", "\"", "{",
        "}", ",", "🙂",
    ])

    func run(_ random: inout FuzzRandom) throws(Finding) -> Bool {
        let peer = random.pick(["p", "\\u00e9", "a b", ""])
        let addresses = random.pick(["[]", "[\"a\",\"b\"]", "null", "[1]", "7"])
        let metadata = random.pick(["{}", "{\"a\":[1,2.5,-0.0,1e22,true,null,\"x\"]}", "[]", "null"])
        let ttl = random.pick(["1", "60000", "1e300", "0", "-5", "null", "\"1\"", "1.5"])
        var bytes = Array(
            "{\"peerId\":\"\(peer)\",\"room\":\"r\",\"addresses\":\(addresses),\"metadata\":\(metadata),\"ttlMs\":\(ttl)}"
                .utf8)
        if random.chance(60) { Self.mutator.mutate(&bytes, &random) }
        guard let members = try? JSONValue.object(in: ByteBuffer(bytes: bytes)) else { return false }
        guard let text = try? JSONValue.object(members).text(),
            let again = try? JSONValue.object(in: ByteBuffer(string: text)), again == members
        else { throw Finding("a body says the same when it is written and read again", bytes) }
        guard let request = try? RegistrationBody(members).registration() else { return false }
        return try Self.check(request, bytes)
    }

    private static func check(_ request: RegistrationRequest, _ bytes: [UInt8]) throws(Finding) -> Bool {
        let bounds = RendezvousBounds()
        guard let ttl = try? RendezvousTTL.normalize(request.ttl, bounds: bounds) else { return false }
        guard (bounds.minTTLMs...bounds.maxTTLMs).contains(ttl) else {
            throw Finding("a time to live is within its bounds", bytes)
        }
        guard (try? bounds.check(addresses: request.addresses, metadata: request.metadata)) != nil else { return false }
        guard request.addresses.count <= bounds.maxAddresses, request.metadata.utf8.count <= bounds.maxMetadataBytes,
            request.metadata.hasPrefix("{")
        else { throw Finding("what passes the bounds is within them", bytes) }
        return true
    }
}
